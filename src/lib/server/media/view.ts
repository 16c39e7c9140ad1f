/**
 * `GET /media/{sha256}?case=`: what a person may see and hear of a case. Everything else, and
 * everything that is not his, looks like "not there".
 */
import { can, sightOf, type Subject } from '../../domain/permissions.ts';
import type { CaseId, Sha256 } from '../../domain/values.ts';
import type { Container } from '../container.ts';
import { mediaTypeOf } from './magic.ts';

const SHA_256 = /^[0-9a-f]{64}$/;

const gone = (): Response => new Response(null, { status: 404 });

/** A complete file, for whoever may see it in that case; everything else looks like "not there". */
export async function mediaEndpoint(
  container: Container,
  person: Subject | null,
  { sha, caseId }: { readonly sha: string; readonly caseId: string },
): Promise<Response> {
  if (person === null || !SHA_256.test(sha)) return gone();
  const { store, county, clock, media } = container;
  const found = await store.transact(county, (tx) => tx.cases([caseId as CaseId]));
  const file = found.get(caseId as CaseId)?.file;
  // Naming a hash is not having the file: this case itself must have got its bytes.
  const attachment = file?.attachments.find((one) => one.sha256 === sha && one.received);
  if (file === undefined || attachment === undefined) return gone();
  const scene = { object: sightOf(file), now: clock.now() };
  const strict = attachment.payload.class === 'P3' || attachment.payload.class === 'P4';
  if (!can(person, strict ? 'case.view_sensitive' : 'case.view', scene)) return gone();
  const bytes = await media.read(sha as Sha256);
  const type = bytes === null ? null : mediaTypeOf(bytes);
  if (bytes === null || type === null) return gone();
  return new Response(new Uint8Array(bytes), {
    headers: {
      'content-type': type,
      'content-disposition': `attachment; filename="${sha.slice(0, 12)}.${type.split('/')[1]}"`,
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-store',
    },
  });
}
