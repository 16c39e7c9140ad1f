/** People of an attack: every virtual tablet is a person of its own, without an account. */
import type { Subject } from '../../src/lib/domain/permissions.ts';
import { subject } from '../../src/lib/domain/testing/offer.ts';
import type { AreaCode, Instant, PersonId } from '../../src/lib/domain/values.ts';

/** Header by which the attacked process is told who asks; only `host.ts` reads it. */
export const PERSON_HEADER = 'x-chaos-person';

/** Header that sets the attacked county's clock, from then on: for recorded traffic. */
export const AT_HEADER = 'x-chaos-at';

/** A village of the sample county. */
export const VILLAGE = '230278100001' as AreaCode;

/** An agent of that village, made from a name of letters and digits. */
export const agentNamed = (name: string): Subject => ({
  personId: `chaos-${name}` as PersonId,
  name: `代办${name}`,
  grants: [
    {
      role: 'A',
      areaCode: VILLAGE,
      unitId: null,
      from: '2020-01-01T00:00:00Z' as Instant,
      to: null,
    },
  ],
});

/** Who a header names: a person of the recorded traffic (`A-x`), or an agent made from the name. */
export const personNamed = (name: string): Subject =>
  name.startsWith('A-') ? subject(name) : agentNamed(name);
