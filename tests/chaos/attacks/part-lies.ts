/**
 * html, second part: a large body is cut, and who answers the question after it lies about what is
 * there. Whatever he says, nothing counts as sent that the county does not have whole, and the next
 * honest connection takes everything.
 *
 *     body ──cut──✂    question ──► (liar) says 0, less, more, all, -1, a page …    rest ──► 409 or ack
 */
import type { Line } from '../line.ts';
import { oneConnectionFetch } from '../client-fetch.ts';
import { Marker, type Marked } from '../markers.ts';
import { PERSON_HEADER } from '../people.ts';
import { trusting200 } from '../plants.ts';
import { ChaosTablet, isQuestion, isRest } from '../tablet.ts';

const EVENTS = 100;
const NOISE = 60;
/** Where the body is cut: the county has some of it, not all. */
const CUT_AT = [2_000, 6_000, 10_000] as const;
/** A person may ask 30 times at once. */
const REQUESTS_PER_TABLET = 16;
const MORE = 100;

/** What the county really said of the part. */
interface Truth {
  readonly magic: string;
  readonly part: string;
  readonly have: number;
}

/** Between tablet and county, as `fetch` does it; `ask` goes on to the county. */
type Between = (ask: typeof fetch, ...asked: Parameters<typeof fetch>) => Promise<Response>;

interface PartLie {
  readonly name: string;
  /** False: the truth in other words, which may well lead to an ack. */
  readonly mustFail: boolean;
  readonly question?: Between;
  readonly rest?: Between;
}

const json = (body: unknown): Response => Response.json(body);
const page = (status = 200): Response =>
  new Response('<!doctype html><h1>请先认证上网</h1>', {
    status,
    headers: { 'content-type': 'text/html' },
  });

/** The county is asked; what it says is told with a difference. */
const told =
  (change: (truth: Truth) => unknown): Between =>
  async (ask, input, init) => {
    const answer = await ask(input, init);
    return json(change((await answer.json()) as Truth));
  };

const question = (name: string, change: (truth: Truth) => unknown, mustFail = true): PartLie => ({
  ...{ name, mustFail },
  question: told(change),
});

const has = (name: string, have: (have: number) => unknown, mustFail = true): PartLie =>
  question(name, (truth) => ({ ...truth, have: have(truth.have) }), mustFail);

/** The tablet's question about more than is there is answered, and its rest put behind less. */
const joinedWrongly: PartLie = {
  ...{ name: 'claims more than it has, joins all the same', mustFail: true },
  question: told((truth) => ({ ...truth, have: truth.have + MORE })),
  rest: (ask, input, init) => {
    const address = String(input).replace(/from=(\d+)/, (_, n) => `from=${Number(n) - MORE}`);
    return ask(address, init);
  },
};

export const partLies: readonly PartLie[] = [
  has('more', (have) => have + MORE),
  has('more than there is to send', () => 9_999_999),
  has('nearly a number', (have) => `${have}`),
  has('no number', () => 'all'),
  has('minus one', () => -1),
  has('half a byte', (have) => have + 0.5),
  has('nothing of the kind', () => undefined),
  has('less', (have) => Math.max(0, have - MORE), false),
  has('nothing', () => 0, false),
  question('the part of another', (truth) => ({ ...truth, part: 'AAAAAAAAAAAAAAAAAAAAAA' })),
  question('another magic', (truth) => ({ ...truth, magic: 'PS1' })),
  question('an empty object', () => ({})),
  { name: 'a page', mustFail: true, question: async () => page() },
  { name: 'a redirect', mustFail: true, question: async () => page(302) },
  { name: '404', mustFail: true, question: async () => page(404) },
  { name: '503', mustFail: true, question: async () => page(503) },
  { name: 'a cut word', mustFail: true, question: async () => new Response('{"magic":"PS2","pa') },
  {
    ...{ name: 'nobody', mustFail: true },
    question: () => Promise.reject(new TypeError('Failed to fetch')),
  },
  joinedWrongly,
  { name: 'a page for the rest', mustFail: true, rest: async () => page() },
  { name: '409 for the rest', mustFail: true, rest: async () => page(409) },
  {
    ...{ name: 'our media type around a page for the rest', mustFail: true },
    rest: async (ask, input, init) => {
      const { headers } = await ask(input, init);
      return new Response('<h1>ok</h1>', {
        headers: { 'content-type': headers.get('content-type') ?? '' },
      });
    },
  },
  {
    ...{ name: 'half an answer for the rest', mustFail: true },
    rest: async (ask, input, init) => {
      const answer = await ask(input, init);
      const body = await answer.arrayBuffer();
      const type = answer.headers.get('content-type') ?? '';
      return new Response(body.slice(0, body.byteLength / 2), {
        headers: { 'content-type': type },
      });
    },
  },
];

interface Lying {
  readonly line: Line;
  readonly plant: boolean;
  say(this: void, line: string): void;
}

/** One tablet whose questions and rests go through `lie`, while there is one. */
function tabletOf(of: Lying, name: string, lie: () => PartLie | null): ChaosTablet {
  const ask = oneConnectionFetch({ [PERSON_HEADER]: name });
  return new ChaosTablet({
    name,
    origin: () => of.line.origin,
    fetch: (input, init) => {
      const address = String(input);
      const between = isQuestion(address)
        ? lie()?.question
        : isRest(address)
          ? lie()?.rest
          : undefined;
      return between ? between(ask, input, init) : ask(input, init);
    },
    ...(of.plant ? { transport: trusting200 } : {}),
  });
}

/** Every lie, `rounds` times over at other places of the cut. */
export async function lieOfParts(of: Lying, rounds: number) {
  const marks = new Marker('parts', NOISE);
  const promised: Marked[] = [];
  const tablets: ChaosTablet[] = [];
  const tally = { told: 0, fell: 0, unsent: 0, cuts: 0, taken: 0 };
  let lie: PartLie | null = null;
  const fresh = async (): Promise<ChaosTablet> => {
    const tablet = tabletOf(of, `parts${tablets.length}`, () => lie);
    tablets.push(tablet);
    await tablet.enrol();
    promised.push(await tablet.take(marks));
    await tablet.drain();
    return tablet;
  };
  let tablet = await fresh();
  for (let n = 0; n < rounds * partLies.length; n++) {
    if (tablet.requests > REQUESTS_PER_TABLET) tablet = await fresh();
    promised.push(...(await tablet.add(marks, EVENTS - tablet.unsent)));
    lie = partLies[n % partLies.length] ?? null;
    const { cuts } = of.line;
    of.line.next = { side: 'request', at: CUT_AT[n % CUT_AT.length] ?? 0 };
    const round = await tablet.round();
    tally.told++;
    tally.cuts += of.line.cuts - cuts;
    const believed = round.kind === 'done' || tablet.unsent < EVENTS;
    if (believed && lie?.mustFail) {
      tally.fell++;
      of.say(`html: believed of a part: ${lie.name}`);
    } else if (believed) tally.taken++;
    lie = null;
    if (!(await tablet.drain())) tally.unsent += tablet.unsent;
  }
  // Lies that are the truth in other words are taken; otherwise nothing was resumed at all.
  const honest = rounds * partLies.filter(({ mustFail }) => !mustFail).length;
  const tooFew = tally.cuts < tally.told || tally.taken < honest ? 1 : 0;
  return { ...tally, promised, tablets, tooFew };
}
