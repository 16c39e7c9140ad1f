/**
 * What runs in the process of its own that decodes a picture. Its text is handed to `node -e`, so
 * it stands alone: no imports, nothing from outside but its arguments.
 */
import type Sharp from 'sharp';

/** How the child ends; 0 is done. */
export const CHILD_TOO_MANY_PIXELS = 3;
export const CHILD_UNREADABLE = 4;

export interface PictureJob {
  /** A file; empty: it comes by standard input, and the one output goes by standard output. */
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
    operation: [
      ...['VipsForeignLoadJpegFile', 'VipsForeignLoadPngFile', 'VipsForeignLoadWebpFile'],
      ...['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer', 'VipsForeignLoadWebpBuffer'],
    ],
  });
  const piped = async () => {
    const parts = [];
    for await (const part of process.stdin) parts.push(part as Buffer);
    return Buffer.concat(parts);
  };
  try {
    const input = job.input === '' ? await piped() : job.input;
    const open = () => sharp(input, { limitInputPixels: job.pixelsMax, failOn: 'truncated' });
    const { width, height } = await sharp(input, { limitInputPixels: false }).metadata();
    if (width * height > job.pixelsMax) return exit(3);
    for (const { file, edge } of job.outputs) {
      const copy = open()
        .autoOrient()
        .resize({ width: edge, height: edge, fit: 'inside', withoutEnlargement: true })
        .flatten({ background: '#ffffff' })
        .jpeg({ quality: 80 });
      if (file !== '') await copy.toFile(file);
      else {
        const bytes = await copy.toBuffer();
        await new Promise((written) => process.stdout.write(bytes, written));
      }
    }
    exit(0);
  } catch {
    exit(4);
  }
}
