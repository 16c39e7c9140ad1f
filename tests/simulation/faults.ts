/** Which faults a seed has, and how often: each seed turns a random part of them on (swarm). */

/** A rate: on with these odds, then at a random rate up to `most`. */
const rate = (odds: number, most: number) => ({ odds, most });
/** On or off. */
const flag = (odds: number) => ({ odds, most: null });

/** Every fault, as data; what it does stands beside it. */
const DRAWN = {
  // network
  dropRequest: rate(0.7, 0.4),
  dropReply: rate(0.7, 0.4),
  twice: rate(0.5, 0.3),
  slow: rate(0.4, 0.4),
  html: rate(0.4, 0.3),
  truncate: rate(0.4, 0.2),
  flip: rate(0.3, 0.1),
  stale: rate(0.3, 0.2),
  // county
  crash: rate(0.5, 0.1),
  nodes: flag(0.5),
  countyClock: flag(0.2),
  restore: flag(0.4),
  silentRestore: flag(0.5),
  lateBackup: flag(0.5),
  // tablet
  power: rate(0.6, 0.1),
  disk: rate(0.2, 0.1),
  evict: flag(0.25),
  clone: flag(0.15),
  image: flag(0.1),
  oldProfile: flag(0.15),
  tabs: flag(0.4),
  clockJumps: flag(0.3),
  again: rate(0.2, 0.1),
  // people
  bad: rate(0.4, 0.2),
  odd: rate(0.5, 0.3),
  forge: rate(0.3, 0.3),
  moves: flag(0.5),
  seals: flag(0.3),
  grants: flag(0.3),
  areas: flag(0.2),
  office: flag(0.5),
  adopt: flag(0.5),
  media: flag(0.2),
  chunkLost: rate(0.5, 0.4),
  chunkHurt: rate(0.4, 0.2),
  /** The county's real domain decides, over the sample cases. */
  domain: flag(0.05),
  /** Messages are real frames of that version of the wire; otherwise damage is seen as such. */
  frames: flag(0.25),
  /** Shapes are parsed as at the endpoint. */
  parse: flag(0.1),
} as const;

export type FaultName = keyof typeof DRAWN;
/** 0 is off; flags are 1. */
export type Faults = Readonly<Record<FaultName, number>>;
export const FAULT_NAMES = Object.keys(DRAWN) as FaultName[];

export function drawFaults(random: () => number): Faults {
  const draw = (name: FaultName): number => {
    const { odds, most } = DRAWN[name];
    const on = random() < odds;
    const level = random();
    if (!on) return 0;
    return most === null ? 1 : level * most;
  };
  return Object.fromEntries(FAULT_NAMES.map((name) => [name, draw(name)])) as Faults;
}

/** The same seed with some faults set otherwise. */
export const withFaults = (faults: Faults, change: Partial<Faults>): Faults => ({
  ...faults,
  ...change,
});
