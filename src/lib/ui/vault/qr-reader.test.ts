import qrcode from 'qrcode';
import { describe, expect, it } from 'vitest';
import { readPixels, type Frame } from './qr-reader.ts';

const card = `DB1${'0123456789ABCDEFGHJKMNPQRSTVWXYZ0123456789ABCDEFGHJKMNPQRS'}`;

interface Picture {
  readonly turn: number;
  readonly scale: number;
  readonly ink: number;
  readonly paper: number;
}

/** A photographed card: turned, small, in bad light, with the noise of a cheap camera. */
function photographed(text: string, { turn, scale, ink, paper }: Picture): Frame {
  const { modules } = qrcode.create(text, { errorCorrectionLevel: 'M' });
  const [width, height] = [640, 480];
  const data = new Uint8ClampedArray(width * height * 4);
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  let seed = 7;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [dx, dy] = [x - width / 2, y - height / 2];
      const column = Math.floor((dx * cos + dy * sin) / scale + modules.size / 2);
      const row = Math.floor((dy * cos - dx * sin) / scale + modules.size / 2);
      const inside = row >= 0 && column >= 0 && row < modules.size && column < modules.size;
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      const noise = (seed / 2 ** 31 - 0.5) * 30;
      const light = (inside && modules.get(row, column) ? ink : paper) + noise;
      data.set([light, light, light, 255], (y * width + x) * 4);
    }
  return { width, height, data };
}

describe('the card before the camera', () => {
  it('[AU140] is read turned, small and in bad light without a reader of the browser', async () => {
    const pictures: readonly Picture[] = [
      { turn: 0, scale: 8, ink: 20, paper: 240 },
      { turn: 0.4, scale: 6, ink: 60, paper: 200 },
      { turn: Math.PI / 2, scale: 5, ink: 40, paper: 140 },
      { turn: 3, scale: 4, ink: 20, paper: 220 },
    ];
    for (const picture of pictures)
      expect(await readPixels(photographed(card, picture)), JSON.stringify(picture)).toBe(card);
  });

  it('[AU140] nothing to see is nothing read, not an error', async () => {
    const data = new Uint8ClampedArray(320 * 240 * 4).fill(180);
    expect(await readPixels({ width: 320, height: 240, data })).toBeNull();
  });
});
