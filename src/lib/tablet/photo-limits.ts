/** Limits of a photo as it is stored, and of what is accepted before decoding. */
export const PHOTO_EDGE_MAX = 1_600;
export const PHOTO_BYTES_MAX = 300 * 1024;
export const SOURCE_BYTES_MAX = 60 * 1024 * 1024;
export const SOURCE_PIXELS_MAX = 120_000_000;

/** Size within the edge limit, same shape, never enlarged. */
export function fitted(width: number, height: number, edge = PHOTO_EDGE_MAX) {
  const scale = Math.min(1, edge / Math.max(width, height));
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
}

/** Tried in order until the result is small enough: quality first, then size. */
export const STEPS: readonly { readonly edge: number; readonly quality: number }[] = [
  { edge: 1600, quality: 0.82 },
  { edge: 1600, quality: 0.65 },
  { edge: 1280, quality: 0.65 },
  { edge: 1024, quality: 0.55 },
  { edge: 800, quality: 0.5 },
  { edge: 640, quality: 0.4 },
];

export interface PhotoAnswer {
  readonly bytes?: Uint8Array<ArrayBuffer>;
  readonly mime?: string;
  readonly failure?: 'NOT_AN_IMAGE' | 'TOO_LARGE' | 'NOT_SUPPORTED';
}
