/** What stands still: 日清 of first transfers (R08), and who has gone silent (R18). */
import * as z from 'zod';
import type { ClockRecord } from '../../domain/clock-record.ts';
import { grantsAt, type Subject } from '../../domain/permissions.ts';
import { TERMINAL } from '../../domain/status.ts';
import { keep, lastKept } from '../settings/kept.ts';
import { liveHandlings } from './acts/facts.ts';
import type { DeskDeps } from './deps.ts';
import { deviceRows } from './field.ts';
import { lightOf } from './light.ts';
import { placeName, unitName } from './names.ts';
import { listTitle } from './row.ts';
import { clockContext, may, type SeenCase, seenCases } from './see.ts';

const HOUR_MS = 3_600_000;
/** A unit that did nothing with a case for so long after it came is listed. */
export const UNIT_SILENT_HOURS = 24;
/** An agent of whom nothing came for so long is listed. */
export const AGENT_SILENT_DAYS = 14;

const isOlder = (at: string, now: string, hours: number): boolean =>
  Date.parse(now) - Date.parse(at) > hours * HOUR_MS;

const reasonName = (caseId: string): string => `daily_reason.${caseId}`;
/** Characters of a reason. */
export const REASON_MAX = 200;

/** Why a case is not sent on yet, in the office's words; empty when nobody wrote it since then. */
async function reasonSince(deps: DeskDeps, caseId: string, at: string): Promise<string> {
  const row = await lastKept(deps, reasonName(caseId));
  if (row === undefined || row.changed_at < at) return '';
  return z.string().catch('').parse(JSON.parse(row.value));
}

/** Notes why a case is not sent on yet; false when the person has no such case on the list. */
export async function giveReason(
  deps: DeskDeps,
  person: Subject,
  about: { readonly caseId: string; readonly reason: string },
): Promise<boolean> {
  const { caseId } = about;
  const value = about.reason.trim().slice(0, REASON_MAX);
  const listed = (await dailyList(deps, person)).some((line) => line.caseId === caseId);
  if (!listed || value === '') return false;
  const by = { personId: person.personId, at: deps.now() };
  await keep(deps, { name: reasonName(caseId), value }, by);
  return true;
}

/** Sealed cases are listed to the sealed desk alone: the list of others does not even count them. */
const isSealedDesk = (deps: DeskDeps, person: Subject): boolean =>
  grantsAt(person, deps.now()).some(({ role, sealedList }) => role === 'O3' && sealedList === true);

/** What of the cases that the person sees belongs on his lists of what stands still. */
async function standing(deps: DeskDeps, person: Subject): Promise<SeenCase[]> {
  const open = may(deps, person, ['device.view', null]);
  const sealed = isSealedDesk(deps, person);
  if (!open && !sealed) return [];
  const seen = await seenCases(deps, person);
  return seen.filter(({ sight }) => (sight.sealed ? sealed : open));
}

/** 日清: registered cases that still wait to be sent on, the oldest first, each with its reason. */
export async function dailyList(deps: DeskDeps, person: Subject) {
  const seen = await standing(deps, person);
  const context = clockContext(deps);
  const waiting = (clocks: readonly ClockRecord[]) =>
    clocks.find((clock) => clock.code === 'C1b' && clock.stoppedAt === null);
  const lines = seen
    .flatMap((one) => {
      const { clocks, sight } = one;
      const { file } = one.record;
      const clock = waiting(clocks);
      if (clock === undefined || TERMINAL.includes(file.status)) return [];
      return [
        {
          caseId: file.caseId as string,
          href: `/desk/case/${file.caseId}`,
          title: listTitle(one),
          place: sight.sealed ? '' : placeName(file.head.areaCode ?? ''),
          first: !sight.sealed && file.head.firstLocal === true && !file.head.repeat,
          since: clock.startedAt as string,
          due: clock.due as string,
          light: lightOf(clock, context),
        },
      ];
    })
    .sort((a, b) => (a.since < b.since ? -1 : 1));
  return Promise.all(
    lines.map(async (line) => ({
      ...line,
      reason: await reasonSince(deps, line.caseId, line.since),
    })),
  );
}

/** Cases of one unit that came long ago and that it has neither signed for nor answered. */
function silentHandlings(one: SeenCase, now: string) {
  const { file } = one.record;
  if (TERMINAL.includes(file.status)) return [];
  return liveHandlings(file)
    .filter(({ status, signedForAt }) => status === 'SENT' && signedForAt === null)
    .filter(({ sentAt }) => isOlder(sentAt, now, UNIT_SILENT_HOURS))
    .map(({ unitId, sentAt }) => ({ unitId, sentAt, file, title: listTitle(one) }));
}

/** Units with cases that nobody touched for 24 hours, the longest first. */
export async function silentUnits(deps: DeskDeps, person: Subject) {
  const all = (await standing(deps, person))
    .flatMap((one) => silentHandlings(one, deps.now()))
    .sort((a, b) => (a.sentAt < b.sentAt ? -1 : 1));
  return [...new Set(all.map(({ unitId }) => unitId))].map((unitId) => {
    const own = all.filter((one) => one.unitId === unitId);
    return {
      unitId: unitId as string,
      name: unitName(unitId),
      oldest: own[0]?.sentAt ?? '',
      cases: own.map(({ file, title }) => ({ href: `/desk/case/${file.caseId}`, title })),
    };
  });
}

/** Tablets that sent nothing for three days. */
export async function silentDevices(deps: DeskDeps, person: Subject) {
  return (await deviceRows(deps, person)).filter(({ contact }) => contact === 'late');
}

/** Agents of whom no event came for fourteen days; `lastAt` null when none ever came. */
export async function silentAgents(deps: DeskDeps, person: Subject) {
  if (!may(deps, person, ['device.view', null])) return [];
  const lastOf = new Map<string, string>();
  for (const { file } of await deps.cases.all())
    for (const { actor, receivedAt, occurredAt } of file.timeline) {
      const at = receivedAt ?? occurredAt;
      if (at > (lastOf.get(actor.personId) ?? '')) lastOf.set(actor.personId, at);
    }
  const now = deps.now();
  return (await deps.colleagues())
    .filter(({ roles }) => roles.includes('A'))
    .map(({ personId, name, areaCode }) => ({
      personId: personId as string,
      name,
      place: areaCode === null ? '' : placeName(areaCode),
      lastAt: lastOf.get(personId) ?? null,
    }))
    .filter(({ lastAt }) => lastAt === null || isOlder(lastAt, now, AGENT_SILENT_DAYS * 24))
    .sort((a, b) => ((a.lastAt ?? '') < (b.lastAt ?? '') ? -1 : 1));
}
