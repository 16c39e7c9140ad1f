/** 重新开锁 as one person of the desk sees it: what is being opened, and what may be begun. */
import type { Subject } from '../../domain/permissions.ts';
import { fromBase64Url } from '../../protocol/bytes.ts';
import { fingerprintOf } from '../../protocol/officer-key.ts';
import { rolesAt } from '../auth/subject.ts';
import type { DeskDeps } from '../desk/deps.ts';
import { may } from '../desk/see.ts';
import { keptVault, keptVaults } from './kept-vaults.ts';
import { reopenings, sheetsOf } from './reopenings.ts';

/** One opening; nothing in it opens anything. */
export interface ReopeningLine {
  readonly id: string;
  readonly state: 'open' | 'made';
  /** Who began it, for whose tablet, why and when. */
  readonly by: string;
  readonly whose: string;
  readonly reason: string;
  readonly at: string;
  readonly mine: boolean;
  /** Public key of the page that opens, base64url, and its fingerprint. */
  readonly to: string;
  readonly fingerprint: string;
  /** Keys whose sheets open it. */
  readonly keyIds: readonly string[];
  /** Who gave a sheet. */
  readonly holders: readonly string[];
}

/** A vault of a tablet that the county can open. */
export interface OpenableVault {
  readonly vaultId: string;
  readonly personId: string;
  readonly whose: string;
}

/** The page's view. */
export interface ReopeningsView {
  /** Whether the reader begins, opens and takes back. */
  readonly mayBegin: boolean;
  readonly lines: readonly ReopeningLine[];
  readonly vaults: readonly OpenableVault[];
}

/** Names of people, and the letters of their tablets. */
async function namesOf(deps: DeskDeps) {
  const people = new Map((await deps.colleagues()).map((p) => [p.personId as string, p.name]));
  const devices = await deps.db
    .selectFrom('devices')
    .select(['dv', 'letter'])
    .where('county', '=', deps.county)
    .execute();
  const letters = new Map(devices.map(({ dv, letter }) => [dv, letter]));
  const name = (personId: string): string => people.get(personId) ?? personId;
  const whose = (of: { readonly personId: string; readonly dv: string }): string =>
    `${name(of.personId)} ${letters.get(of.dv) ?? ''}`.trim();
  return { name, whose };
}

/** Vaults whose half the county holds, by the name of their agent. */
export async function openableVaults(deps: DeskDeps): Promise<readonly OpenableVault[]> {
  const { whose } = await namesOf(deps);
  const all = [...(await keptVaults(deps))].map(([vaultId, kept]) => ({
    ...{ vaultId, personId: kept.personId, whose: whose(kept) },
  }));
  return all.sort((a, b) => (a.whose < b.whose ? -1 : 1));
}

/** Null for whoever has nothing to do with the tablets. */
export async function reopeningsFor(
  deps: DeskDeps,
  person: Subject,
): Promise<ReopeningsView | null> {
  if (!may(deps, person, ['device.view', null])) return null;
  const { name, whose } = await namesOf(deps);
  const mayBegin = rolesAt(person, deps.now()).some((role) => role === 'O5' || role === 'ADMIN');
  const lines: ReopeningLine[] = [];
  for (const [id, one] of await reopenings(deps)) {
    if (one.state !== 'open' && one.state !== 'made') continue;
    const given = (await sheetsOf(deps, id)).map(({ personId }) => personId);
    const kept = await keptVault(deps, one.vaultId);
    lines.push({
      ...{ id, state: one.state, reason: one.reason, at: one.at, to: one.to },
      ...{ by: name(one.by), whose: whose(one), mine: one.by === person.personId },
      fingerprint: await fingerprintOf(fromBase64Url(one.to) ?? new Uint8Array(0)),
      keyIds: kept?.wraps.map(({ keyId }) => keyId) ?? [],
      holders: [...new Set([...one.holders, ...given])].map(name),
    });
  }
  const newestFirst = lines.sort((a, b) => (a.at < b.at ? 1 : -1));
  return { mayBegin, lines: newestFirst, vaults: mayBegin ? await openableVaults(deps) : [] };
}
