/** The doors of the desk as the reviewed list names them: a form's action, or an endpoint. */
export type Door = (event: unknown) => unknown;

const pages = import.meta.glob<{ actions?: Record<string, Door> }>(
  '../../src/routes/desk/**/+page.server.ts',
);
const endpoints = import.meta.glob<Record<string, Door>>('../../src/routes/desk/**/+server.ts');
const addressOf = (file: string): string =>
  file
    .replace('../../src/routes', '')
    .replace(/\/\+(page\.)?server\.ts$/, '')
    .replace('/(in)', '');

/** What stands behind a row of the list. */
export async function doorOf(route: string): Promise<Door> {
  const [address = '', form] = route.split('?/');
  const behind = async <T>(files: Readonly<Record<string, () => Promise<T>>>): Promise<T> => {
    const file = Object.keys(files).find((one) => addressOf(one) === address);
    const load = file === undefined ? undefined : files[file];
    if (load === undefined) throw new Error(`no file behind ${route}`);
    return load();
  };
  const door =
    form === undefined
      ? Object.values(await behind(endpoints))[0]
      : (await behind(pages)).actions?.[form];
  if (door === undefined) throw new Error(`no door ${route}`);
  return door;
}
