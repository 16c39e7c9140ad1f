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
  /** Somebody else is first with ids that he read. */
  squat: rate(0.2, 0.3),
} as const;

/** What only keyed vaults meet; in the histories from `SEALED_FROM` on. */
const SEALED = {
  /** Every tablet has a vault with keys. */
  keyed: flag(1),
  locks: rate(0.9, 0.4),
  drains: rate(0.9, 0.8),
  /** Power goes between the sealing and the write. */
  cutSeal: rate(0.4, 0.4),
  reseals: rate(0.7, 0.6),
  files: flag(0.6),
  acks: flag(0.5),
  /** Card and sentence are lost: nothing but sealed copies leaves the tablet until the end. */
  forgets: flag(0.4),
  /** The county's intake key is replaced; is away for a while. */
  rotates: flag(0.4),
  lacks: flag(0.4),
} as const;

/** Histories below have no keyed vaults and are what they were before there were any. */
export const SEALED_FROM = 2_000_000;

type PlainName = keyof typeof DRAWN;
type SealedName = keyof typeof SEALED;
export type FaultName = PlainName | SealedName;
/** 0 is off; flags are 1. */
export type Faults = Readonly<Record<FaultName, number>>;
const PLAIN_NAMES = Object.keys(DRAWN) as PlainName[];
export const SEALED_NAMES = Object.keys(SEALED) as SealedName[];
export const FAULT_NAMES: readonly FaultName[] = [...PLAIN_NAMES, ...SEALED_NAMES];

interface Odds {
  readonly odds: number;
  readonly most: number | null;
}

function drawn(random: () => number, { odds, most }: Odds): number {
  const on = random() < odds;
  const level = random();
  if (!on) return 0;
  return most === null ? 1 : level * most;
}

/** The faults of a history; `sealed` is the stream of those of keyed vaults, null without any. */
export function drawFaults(random: () => number, sealed: (() => number) | null): Faults {
  const plain = PLAIN_NAMES.map((name) => [name, drawn(random, DRAWN[name])]);
  const keyed = SEALED_NAMES.map((name) => [name, sealed ? drawn(sealed, SEALED[name]) : 0]);
  const faults = Object.fromEntries([...plain, ...keyed]) as Faults;
  // The stories of the samples are told by tablets that fold them; here their words are sealed.
  return sealed ? { ...faults, domain: 0 } : faults;
}

/** The same seed with some faults set otherwise. */
export const withFaults = (faults: Faults, change: Partial<Faults>): Faults => ({
  ...faults,
  ...change,
});
