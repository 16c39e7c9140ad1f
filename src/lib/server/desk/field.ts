import { can, type Subject } from '../../domain/permissions.ts';
import { deviceFromTable } from '../store/rows.ts';
import type { DeskDeps } from './deps.ts';
import { seenAlarms } from './device-alarms.ts';
import { deviceLines, type DeviceLine } from './devices.ts';
import { placeName } from './names.ts';
import { may } from './see.ts';

const LEVEL_ORDER = ['RED', 'ORANGE', 'YELLOW', 'BLUE'];

/** 隐患 that the person may see, the reddest first. */
export async function hazardRows(deps: DeskDeps, person: Subject) {
  const now = deps.now();
  const rows = [];
  for (const { file } of await deps.cases.all()) {
    const { hazard } = file;
    if (hazard === null) continue;
    const { latest } = hazard;
    const object = { areaCode: latest.areaCode };
    if (!can(person, 'hazard.view', { object, now })) continue;
    rows.push({
      key: file.caseId,
      level: latest.level,
      place: placeName(latest.areaCode),
      foundOn: latest.foundOn,
      text: latest.text,
      measure: latest.measure,
      people: latest.people ?? null,
      status: latest.status,
      caseId: hazard.toCase,
    });
  }
  return rows.sort((a, b) => LEVEL_ORDER.indexOf(a.level) - LEVEL_ORDER.indexOf(b.level));
}

/** Tablets as the page of devices shows them, what burns first on top. */
export async function deviceRows(deps: DeskDeps, person: Subject): Promise<DeviceLine[]> {
  if (!may(deps, person, ['device.view', null])) return [];
  const rows = await deps.db
    .selectFrom('devices')
    .selectAll()
    .where('county', '=', deps.county)
    .execute();
  return deviceLines(rows.map(deviceFromTable), deps.now(), await seenAlarms(deps));
}
