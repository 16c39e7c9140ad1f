/**
 * What runs in the process of its own that decodes a picture. Its text is handed to `node -e`, so
 * it stands alone: no imports, nothing from outside but its arguments.
 */
import type Sharp from 'sharp';

/** How the child ends; 0 is done. */
export const CHILD_TOO_MANY_PIXELS = 3;
export const CHILD_UNREADABLE = 4;

export interface PictureJob {
  readonly input: string;
  readonly pixelsMax: number;
  readonly outputs: readonly { readonly file: string; readonly edge: number }[];
}

/** The header decides first; then a clean JPEG per size, upright, on paper, without metadata. */
export async function decodePicture(
  sharp: typeof Sharp,
  job: PictureJob,
  exit: (code: number) => void,
): Promise<void> {
  sharp.cache(false);
  sharp.concurrency(1);
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({
    operation: ['VipsForeignLoadJpegFile', 'VipsForeignLoadPngFile', 'VipsForeignLoadWebpFile'],
  });
  const open = () => sharp(job.input, { limitInputPixels: job.pixelsMax, failOn: 'truncated' });
  try {
    const { width, height } = await sharp(job.input, { limitInputPixels: false }).metadata();
    if (width * height > job.pixelsMax) return exit(3);
    for (const { file, edge } of job.outputs)
      await open()
        .autoOrient()
        .resize({ width: edge, height: edge, fit: 'inside', withoutEnlargement: true })
        .flatten({ background: '#ffffff' })
        .jpeg({ quality: 80 })
        .toFile(file);
    exit(0);
  } catch {
    exit(4);
  }
}
