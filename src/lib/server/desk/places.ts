import { can, type Subject } from '../../domain/permissions.ts';
import type { DeskDeps } from './deps.ts';
import { inboxOf } from './inbox.ts';
import { may, seenCases } from './see.ts';
import { deviceRows, hazardRows } from './field.ts';

/** Places of the left rail that this person may open, with what waits in each. */
export async function placesFor(deps: DeskDeps, person: Subject) {
  const allowed = (action: Parameters<typeof may>[2][0]) => may(deps, person, [action, null]);
  const cases = can(person, 'case.view', { object: null, now: deps.now() });
  const inbox = cases ? await inboxOf(deps, person, { tab: 'all', find: '' }) : null;
  const seen = cases ? await seenCases(deps, person) : [];
  const open = seen.flatMap(({ record }) => record.file.supervisions.filter((s) => !s.closed));
  const places = [
    { id: 'inbox' as const, href: '/desk', count: inbox?.tabs[0]?.count ?? 0, show: cases },
    { id: 'ledger' as const, href: '/desk/ledger', count: null, show: cases },
    { id: 'supervision' as const, href: '/desk/supervision', count: open.length, show: cases },
    { id: 'insight' as const, href: '/desk/insight', count: null, show: allowed('stats.view') },
    {
      id: 'hazards' as const,
      href: '/desk/hazards',
      count: allowed('hazard.view') ? (await hazardRows(deps, person)).length : null,
      show: allowed('hazard.view'),
    },
    {
      id: 'devices' as const,
      href: '/desk/devices',
      count: allowed('device.view') ? (await deviceRows(deps, person)).length : null,
      show: allowed('device.view'),
    },
    { id: 'settings' as const, href: '/desk/settings', count: null, show: true },
  ];
  return places.filter((place) => place.show).map(({ show: _show, ...place }) => place);
}
