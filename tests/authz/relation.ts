/** Which row of the expected table a person and a case fall under. From plain facts alone. */
import { type CaseFacts, type Person } from './cast.ts';

const prefix = (code: string): string => code.replace(/(000)+$/, '');

const within = (area: string, scope: string | null): boolean =>
  scope !== null && area.startsWith(prefix(scope));

/** The person has to do with the case as its agent, unit or leader. */
function takesPart({ user, unit, area }: Person, one: CaseFacts): boolean {
  const isUnit = one.unit !== null && (one.unit === unit || one.unit === area);
  return one.agent === user || one.leader === user || isUnit;
}

function ofAccused(person: Person, one: CaseFacts, part: boolean): string | null {
  if (!one.guarded) return null;
  // Without the office's answer nobody knows at which level the unit stands.
  const words = one.accused === 'COUNTY' && !one.answered;
  if (person.role === 'T' && !part && one.accused === 'COUNTY' && !words) return 'same-area';
  const row = `accused-${one.accused.toLowerCase()}${words ? '-words' : ''}`;
  return person.role === 'A' || person.role === 'D' || person.role === 'D2' || person.role === 'L'
    ? part
      ? row
      : 'same-area'
    : row;
}

/** The relation as expected.csv names it. */
export function relationOf(person: Person, one: CaseFacts): string {
  const { role, listed, name, area } = person;
  const part = takesPart(person, one);
  const hisName = one.accusedName !== '' && one.accusedName === name;
  if (one.sealed) return `sealed${listed ? '-listed' : ''}${listed && hisName ? '-named' : ''}`;
  const county = !['A', 'T', 'D', 'D2', 'L'].includes(role);
  const reached = county || part || (role === 'T' && within(one.area, area));
  if (!reached) {
    if (one.former === person.user) return 'former';
    return within(one.area, area) && role === 'A' ? 'same-area' : 'other-area';
  }
  if (one.recused) return 'recused';
  if (hisName) return 'named';
  const accused = ofAccused(person, one, part);
  if (accused !== null) return accused;
  if (one.closed) return 'closed';
  if (role === 'T' && one.agent !== person.user) return part ? 'as-unit' : 'same-area';
  if (one.accused !== 'none') return 'complained';
  return within(one.area, area) ? 'own' : 'own-elsewhere';
}
