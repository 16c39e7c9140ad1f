/**
 * 帘子: while the villager rates, the agent's session is locked behind a curtain.
 *
 * The mark survives a reload and a killed tab, so that nobody gets past the curtain by closing it.
 * It holds a random case id and nothing else.
 */
const key = 'daiban.curtain';

const read = (): string | null => {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
};

let caseId = $state(read());

export const curtain = {
  /** Case whose villager holds the tablet now; null when the agent does. */
  get caseId(): string | null {
    return caseId;
  },
  close(of: string): void {
    localStorage.setItem(key, of);
    caseId = of;
  },
  open(): void {
    localStorage.removeItem(key);
    caseId = null;
  },
};
