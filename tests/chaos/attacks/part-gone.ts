/**
 * kill and nodes, second part: between a cut body and its rest the part is gone, because the process
 * that kept it is dead or another one is asked.
 *
 *     body ──cut──✂  ☠  question ──► 0 ──► the whole again ──► ack
 *     body ──cut──✂  question ──► K  ☠  rest ──► 409 ──► a cut as ever, the next exchange takes all
 */
import { oneConnectionFetch } from '../client-fetch.ts';
import type { Line } from '../line.ts';
import { Marker, type Marked } from '../markers.ts';
import { PERSON_HEADER } from '../people.ts';
import { ChaosTablet, isQuestion, isRest } from '../tablet.ts';

const EVENTS = 100;
const NOISE = 60;
const CUT_AT = 6_000;

export interface Gone {
  readonly name: string;
  /** To the process that hears the body first. */
  readonly line: Line;
  /** Makes the part be gone; the address where it is asked for. */
  gone(this: void, address: string): Promise<string>;
}

/** So many times before the question and as often before the rest. */
export async function partsGone({ name, line, gone }: Gone, times: number) {
  const marks = new Marker(`${name}gone`, NOISE);
  const promised: Marked[] = [];
  const tally = { partsGone: 0, unsent: 0, refused: 0, otherwise: 0 };
  for (let n = 0; n < 2 * times; n++) {
    const person = `${name}gone${n}`;
    const ask = oneConnectionFetch({ [PERSON_HEADER]: person });
    const isTurn = n % 2 === 0 ? isQuestion : isRest;
    let armed = false;
    const tablet = new ChaosTablet({
      name: person,
      origin: () => line.origin,
      fetch: async (input, init) => {
        const address = String(input);
        if (!armed || !isTurn(address)) return ask(address, init);
        armed = false;
        tally.partsGone++;
        return ask(await gone(address), init);
      },
    });
    await tablet.enrol();
    promised.push(await tablet.take(marks));
    await tablet.drain();
    promised.push(...(await tablet.add(marks, EVENTS)));
    armed = true;
    line.next = { side: 'request', at: CUT_AT };
    const round = await tablet.round();
    const whole = round.kind === 'done' && tablet.unsent === 0;
    const nothing = round.kind === 'failed' && tablet.unsent === EVENTS;
    if (n % 2 === 0 ? !whole : !nothing) tally.otherwise++;
    if (!(await tablet.drain())) tally.unsent += tablet.unsent;
    tally.refused += tablet.refused;
  }
  return { ...tally, promised, tooFewGone: tally.partsGone < 2 * times ? 1 : 0 };
}
