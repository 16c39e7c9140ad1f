import { describe, expect, it } from 'vitest';
import type { CaseFile } from './case-file.ts';
import { mediaManifest } from './media-manifest.ts';

const piece = (kind: string, received: boolean) =>
  ({ payload: { kind }, received }) as CaseFile['attachments'][number];

describe('manifest', () => {
  it('[MD23] counts what was taken and what came, each kind for itself', () => {
    const attachments = [
      ...[piece('photo', true), piece('photo', false), piece('scan', true)],
      ...[piece('audio', false), piece('signature', true), piece('video', false)],
    ];
    expect(mediaManifest({ attachments })).toEqual({
      photos: { total: 3, here: 2 },
      recordings: { total: 1, here: 0 },
      others: { total: 2, here: 1 },
    });
    expect(mediaManifest({ attachments: [] }).photos).toEqual({ total: 0, here: 0 });
  });
});
