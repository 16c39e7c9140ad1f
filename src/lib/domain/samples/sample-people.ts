/** Who acts in the samples: accounts by role, so that a demo county can be peopled to match. */
import { townshipOf } from '../area.ts';
import type { Actor } from '../case-event.ts';
import departments from '../data/departments.json' with { type: 'json' };
import { type AreaCode, type PersonId, type UnitId } from '../values.ts';
import type { SampleCase, SampleEvent, SampleFile } from './sample-shape.ts';

const person = (id: string) => id as PersonId;
const OFFICE_PEOPLE: Readonly<Record<string, string>> = {
  县局登记员: 'xfj-registrar',
  县局审核员: 'xfj-reviewer',
  县局密封专员: 'xfj-sealed-1',
  县局督查员: 'xfj-supervisor',
  县局回访员: 'xfj-followup',
  县局值班员: 'xfj-duty',
  县局负责人: 'xfj-director',
  县政府复查办: 'review-office',
  '市复核机构（外部结果录入）': 'recheck-office',
};

/** An agent of the samples as account. */
export interface SampleAgent {
  readonly personId: PersonId;
  readonly name: string;
  readonly areaCode: AreaCode;
}

/** 代理员 by id (`A01` …). */
export function sampleAgents(file: SampleFile): ReadonlyMap<string, SampleAgent> {
  return new Map(
    file.agents.map((agent) => [
      agent.id,
      { personId: person(agent.id), name: agent.name, areaCode: agent.areaCode as AreaCode },
    ]),
  );
}

/** Name of a unit id: a department, or the township that acts as unit. */
export function unitName(unitId: string, fallback: string): string {
  return departments.departments.find((unit) => unit.id === unitId)?.name ?? fallback;
}

/** First review body of a unit. Source: departments.json. */
export function reviewBodyOf(unitId: string): string {
  const unit = departments.departments.find((known) => known.id === unitId);
  const bodies: unknown = unit && 'reviewBody' in unit ? unit.reviewBody : null;
  return Array.isArray(bodies) && typeof bodies[0] === 'string' ? bodies[0] : '县人民政府';
}

/** What an actor needs besides the event: who the agent is at that moment, and the unit. */
export interface ActorContext {
  readonly sample: SampleCase;
  readonly agents: ReadonlyMap<string, SampleAgent>;
  /** Agent who holds the device when a villager acts. */
  readonly agent: SampleAgent;
  readonly unitId: string | null;
}

/** The actor of a sample event, with the scope his account has. */
export function sampleActor(event: SampleEvent, context: ActorContext): Actor {
  const { role, actor: name } = event;
  const areaCode = context.sample.areaCode as AreaCode;
  switch (role) {
    case 'A': {
      const agent = context.agents.get(name) ?? { personId: person(name), name, areaCode };
      return { code: 'A', ...agent };
    }
    case 'V':
      return { code: 'V', personId: context.agent.personId, name, areaCode };
    case 'T': {
      const township = townshipOf(areaCode) ?? areaCode;
      const id = person(`town-${township.slice(0, 9)}`);
      return {
        code: 'T',
        personId: id,
        name,
        areaCode: township,
        unitId: township as string as UnitId,
      };
    }
    case 'D': {
      const unitId = (context.unitId ?? 'XFJ') as UnitId;
      const head = name.endsWith('负责人') ? '-head' : '-clerk';
      return { code: 'D', personId: person(`unit-${unitId}${head}`), name, unitId };
    }
    case 'L': {
      const id = name.endsWith('镇长') ? `leader-${areaCode.slice(0, 9)}` : 'leader-county';
      return { code: 'L', personId: person(id), name };
    }
    case 'S':
      return { code: 'S', personId: person('system'), name };
    default:
      return { code: role, personId: person(OFFICE_PEOPLE[name] ?? 'xfj-registrar'), name };
  }
}
