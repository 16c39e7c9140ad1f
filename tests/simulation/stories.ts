/** The sample cases as scripts: what agents save offline and what the office does meanwhile. */
import type { Actor } from '../../src/lib/domain/case-event.ts';
import { adaptCase, projectSamples } from '../../src/lib/domain/samples/adapter.ts';
import { sampleAgents } from '../../src/lib/domain/samples/sample-people.ts';
import type { NewRecord } from '../../src/lib/server/sync/record.ts';
import type { Made } from './sim-tablet.ts';

export interface OfficeAct {
  readonly actor: Actor;
  readonly event: NewRecord;
}

/** One case: its agent's events in order, and everybody else's. */
export interface Script {
  readonly caseId: string;
  readonly agent: { readonly personId: string; readonly name: string; readonly village: string };
  readonly field: readonly Made[];
  readonly office: readonly OfficeAct[];
}

let told: readonly Script[] | null = null;

/** All stories; read once. */
export function stories(): readonly Script[] {
  if (told !== null) return told;
  const file = projectSamples();
  const agents = sampleAgents(file);
  told = file.cases.map((sample): Script => {
    const { caseId, salt, events } = adaptCase(file, sample);
    const field: Made[] = [];
    const office: OfficeAct[] = [];
    for (const { event } of events) {
      if (event === null) continue;
      const { id, type, v, occurredAt, payload, stamp } = event;
      const first = field.length === 0;
      const plain = { caseId, id, type, v, occurredAt, payload, unclean: false, refusable: true };
      if (stamp.actor.code === 'A') field.push({ ...plain, salt: first ? salt : null });
      else if (stamp.actor.code !== 'S')
        office.push({ actor: stamp.actor, event: { type, v, payload, id, occurredAt } });
    }
    const agent = agents.get(sample.agent);
    const { personId = sample.agent, name = sample.agent, areaCode = '' } = agent ?? {};
    return { caseId, agent: { personId, name, village: areaCode }, field, office };
  });
  return told;
}
