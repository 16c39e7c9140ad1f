/** From the bytes of a copy to what it says. */
import { fail, ok, type Result } from '../../domain/values.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import type { CopyKind } from '../../protocol/sealed.ts';
import {
  sealedEventSchema,
  sealedFileSchema,
  type CopiedEvent,
  type CopiedFile,
} from '../../protocol/sealed-event.ts';
import type { HeldCode } from '../../protocol/sealed-rows.ts';
import type { CopyFault, CopyOpener } from '../intake-keys/open-copies.ts';

const HELD: Readonly<Record<CopyFault, HeldCode>> = {
  NO_SLIP: 'SEALED_NO_SLIP',
  NO_KEY: 'SEALED_NO_KEY',
  UNREADABLE: 'SEALED_BROKEN',
};

const decoder = new TextDecoder('utf-8', { fatal: true });

async function jsonOf(
  opener: CopyOpener,
  place: { readonly kind: CopyKind; readonly id: string },
  copy: Bytes,
): Promise<Result<unknown, HeldCode>> {
  const plain = await opener.open(place, copy);
  if (!plain.ok) return fail(HELD[plain.error]);
  try {
    return ok(JSON.parse(decoder.decode(plain.value)) as unknown);
  } catch {
    return fail('SEALED_BROKEN');
  }
}

/** The event of a copy; its id is that of its place. */
export async function copiedEvent(
  opener: CopyOpener,
  id: string,
  copy: Bytes,
): Promise<Result<CopiedEvent, HeldCode>> {
  const json = await jsonOf(opener, { kind: 'event', id }, copy);
  if (!json.ok) return json;
  const event = sealedEventSchema.safeParse(json.value);
  if (!event.success || event.data.body.id !== id) return fail('SEALED_BROKEN');
  return ok(event.data);
}

/** The description of a file. */
export async function copiedFile(
  opener: CopyOpener,
  fileId: string,
  copy: Bytes,
): Promise<Result<CopiedFile, HeldCode>> {
  const json = await jsonOf(opener, { kind: 'file', id: fileId }, copy);
  if (!json.ok) return json;
  const file = sealedFileSchema.safeParse(json.value);
  return file.success ? ok(file.data) : fail('SEALED_BROKEN');
}
