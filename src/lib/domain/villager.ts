/**
 * V 来访群众: has no account and no grant. What she holds is a slip of paper: the query code of the
 * case and her full name together stand for her, and let her read the public view and nothing else.
 */
import type { CaseFile } from './case-file.ts';
import type { Payload } from './events.ts';

/** What somebody shows who asks without an account. */
export interface Villager {
  /** Twelve digits, as `readQueryCode` gives them; empty when what was typed is no code. */
  readonly code: string;
  /** As typed. */
  readonly name: string;
}

/** What of a case decides whether such a look is hers. */
export interface Slip {
  /** Every code that a slip of this case bears. */
  readonly codes: readonly string[];
  /** Full names of those who ask; also of one who stands on the slip of a second tablet alone (K06). */
  readonly names: readonly string[];
  /** Without a name: the code alone opens it. */
  readonly anonymous: boolean;
}

/** A sealed payload has none. */
const personsOf = (taken: Partial<Payload<'case.taken'>>) => taken.petitioners ?? [];

/** The slip of a case with the codes that the county knows it by. */
export function slipOf(file: CaseFile, codes: readonly string[]): Slip {
  const later = file.takings.slice(1).flatMap(({ payload }) => personsOf(payload));
  const names = [...file.petitioners, ...later].flatMap(({ name }) => name ?? []);
  return { codes, names, anonymous: file.head.anonymous === true };
}

/** 姓名核对: spaces, dots and width do not matter. */
export function isSameName(typed: string, known: string): boolean {
  const plain = (name: string) =>
    name
      .normalize('NFKC')
      .replace(/[\s·・•‧.]/g, '')
      .toLowerCase();
  return plain(typed) !== '' && plain(typed) === plain(known);
}

/** Code and full name of one and the same case. */
export function isOnSlip({ code, name }: Villager, slip: Slip): boolean {
  if (code === '' || !slip.codes.includes(code)) return false;
  return slip.anonymous || slip.names.some((known) => isSameName(name, known));
}
