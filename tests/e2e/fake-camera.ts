import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import qrcode from 'qrcode';
import { printedCard, type PrintedCard } from '../../src/lib/protocol/card.ts';
import type { Digest } from '../../src/lib/protocol/hash.ts';

const [WIDTH, HEIGHT, MODULE] = [640, 480, 9];
const [INK, PAPER, GREY] = [30, 225, 128];
const FRAMES = 2;

const digest: Digest = async (bytes) => createHash('sha256').update(bytes).digest();

/** A card as the county prints one. */
export const newPrintedCard = (): Promise<PrintedCard> =>
  printedCard(digest, {
    vaultId: randomBytes(16).toString('base64url'),
    secret: new Uint8Array(randomBytes(16)),
  });

/** Where the browser's camera looks: a film that shows one thing. */
export const CAMERA_FILM = path.join(tmpdir(), `daiban-camera-${process.pid}.y4m`);

/** Holds a text as QR code before the camera; null: an empty wall. */
export function holdBeforeCamera(text: string | null): void {
  const { modules } = qrcode.create(text ?? '-', { errorCorrectionLevel: 'M' });
  const [left, top] = [(WIDTH - modules.size * MODULE) / 2, (HEIGHT - modules.size * MODULE) / 2];
  const light = Buffer.alloc(WIDTH * HEIGHT, PAPER);
  for (let y = 0; text !== null && y < modules.size * MODULE; y += 1)
    for (let x = 0; x < modules.size * MODULE; x += 1)
      if (modules.get(Math.floor(y / MODULE), Math.floor(x / MODULE)))
        light[(Math.floor(top) + y) * WIDTH + Math.floor(left) + x] = INK;
  const colour = Buffer.alloc((WIDTH * HEIGHT) / 2, GREY);
  const frame = Buffer.concat([Buffer.from('FRAME\n'), light, colour]);
  const head = Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420\n`);
  writeFileSync(CAMERA_FILM, Buffer.concat([head, ...Array<Buffer>(FRAMES).fill(frame)]));
}
