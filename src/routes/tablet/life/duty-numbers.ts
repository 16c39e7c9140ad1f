/** Numbers that the county fills in; an empty one is shown as missing, never invented. */
export interface DutyNumber {
  readonly kind: 'county' | 'township';
  readonly number: string;
}

const storageKey = 'daiban.duty-numbers';
const shape = /^[0-9+-]{3,20}$/;

/** County duty and township police, as last heard from the county; public numbers only. */
export function dutyNumbers(): readonly DutyNumber[] {
  let held: unknown = null;
  try {
    held = JSON.parse(localStorage.getItem(storageKey) ?? 'null');
  } catch {
    held = null;
  }
  const numberOf = (kind: DutyNumber['kind']): string => {
    const value = (held as Record<string, unknown> | null)?.[kind];
    return typeof value === 'string' && shape.test(value) ? value : '';
  };
  return [
    { kind: 'county', number: numberOf('county') },
    { kind: 'township', number: numberOf('township') },
  ];
}
