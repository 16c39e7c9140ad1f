/**
 * Reads a QR code from the camera: the browser's own reader where it has one, else a small library
 * that comes only then. Many tablets have none, because theirs belongs to services they lack.
 */

/** Longer side of the picture that is looked at, in pixels: a card at a hand's distance fills half. */
export const FRAME_SIDE_MAX = 720;
/** Pause between two looks: a slow tablet goes on drawing. */
export const LOOK_MS = 150;

/** Pixels of one frame, RGBA. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** Text of the code in the picture, null when there is none. */
export type ReadFrame = (canvas: HTMLCanvasElement) => Promise<string | null>;

interface Detector {
  detect(source: HTMLCanvasElement): Promise<readonly { readonly rawValue: string }[]>;
}
interface DetectorClass {
  new (how: { readonly formats: readonly string[] }): Detector;
  getSupportedFormats(): Promise<readonly string[]>;
}

/** The browser's own reader, if it can read QR codes. */
async function ownReader(): Promise<ReadFrame | null> {
  const { BarcodeDetector: Own } = globalThis as { BarcodeDetector?: DetectorClass };
  if (!Own) return null;
  try {
    if (!(await Own.getSupportedFormats()).includes('qr_code')) return null;
    const detector = new Own({ formats: ['qr_code'] });
    return async (canvas) => (await detector.detect(canvas))[0]?.rawValue ?? null;
  } catch {
    return null;
  }
}

/** Text of the code in a frame by the library, null when there is none. */
export async function readPixels(frame: Frame): Promise<string | null> {
  const { decodeQR } = await import('qr/decode.js');
  try {
    return decodeQR({ width: frame.width, height: frame.height, data: frame.data });
  } catch {
    // It says by an exception that no code is in the picture.
    return null;
  }
}

const libraryReader: ReadFrame = async (canvas) => {
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  return pen && readPixels(pen.getImageData(0, 0, canvas.width, canvas.height));
};

/** Whichever reader this tablet has. */
export const openReader = async (): Promise<ReadFrame> => (await ownReader()) ?? libraryReader;

/** Draws what the camera sees, no larger than is needed; false before its first picture. */
export function drawFrame(video: HTMLVideoElement, canvas: HTMLCanvasElement): boolean {
  const { videoWidth: width, videoHeight: height } = video;
  if (width === 0 || height === 0) return false;
  const shrink = Math.min(1, FRAME_SIDE_MAX / Math.max(width, height));
  canvas.width = Math.round(width * shrink);
  canvas.height = Math.round(height * shrink);
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  pen?.drawImage(video, 0, 0, canvas.width, canvas.height);
  return pen !== null;
}
