/** Two of the three sheets in the place of the officer's own key. */
import { fail } from '../../domain/values.ts';
import { readShare, SHARES } from '../../protocol/key-share.ts';
import { joinParts } from '../../protocol/shamir.ts';
import { recoveryOpener, type Opener } from './sealed-file.ts';

/** Opens with what was typed from the sheets; they must be of one of the file's own keys. */
export const sharesOpener =
  (typed: readonly string[]): Opener =>
  async (head) => {
    for (const { keyId } of head.keys) {
      const read = await Promise.all(typed.map((text) => readShare(keyId, text)));
      const parts = read.filter((part) => part !== null);
      if (parts.length === 0) continue;
      if (parts.length < typed.length)
        return fail(`One of the sheets has a letter wrong, or is not of ${keyId}.`);
      if (new Set(parts.map(({ n }) => n)).size < SHARES.needed)
        return fail('The same sheet was typed twice. Two different ones are needed.');
      const scalar = joinParts(parts);
      return scalar === null
        ? fail('The sheets do not go together.')
        : recoveryOpener({ keyId, scalar })(head);
    }
    const names = head.keys.map(({ keyId }) => keyId).join(', ');
    return fail(`Neither sheet is of ${names}, or each has a letter wrong.`);
  };
