/** The project's parts as CycloneDX 1.6, made from package-lock.json and from what `src` imports. */
import { createHash } from 'node:crypto';

/** One package of the lockfile; the names are npm's. */
export interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
/** By the folder they are installed in; '' is the project itself. */
export type Locked = Readonly<Record<string, LockedPackage>>;

/** Where a part runs: at the county, in the browser (bundled by the build), or only while building. */
export type Place = 'server' | 'browser' | 'tools';

export interface Component {
  readonly type: 'library';
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly scope: 'required' | 'optional' | 'excluded';
  readonly licenses: readonly (
    { readonly expression: string } | { readonly license: { readonly id: string } }
  )[];
  readonly hashes: readonly { readonly alg: 'SHA-512'; readonly content: string }[];
  readonly properties: readonly { readonly name: string; readonly value: string }[];
}

/** The installed folder's package name: what stands behind the last `node_modules/`. */
export const nameOf = (folder: string): string => folder.split('node_modules/').at(-1) ?? folder;

const purlOf = (folder: string, version: string): string =>
  `pkg:npm/${nameOf(folder).replace('@', '%40')}@${version}`;

const parentOf = (folder: string): string =>
  folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')));

/** The folder that `name` means to a package in `from`: its own, or the nearest above it. */
function folderOf(locked: Locked, from: string, name: string): string | null {
  for (let at = from; at !== ''; at = parentOf(at)) {
    const there = `${at}/node_modules/${name}`;
    if (locked[there] !== undefined) return there;
  }
  const top = `node_modules/${name}`;
  return locked[top] === undefined ? null : top;
}

/** Folders that a package needs directly; one that is left out on this platform is none. */
const needsOf = (locked: Locked, folder: string): string[] => {
  const { dependencies = {}, optionalDependencies = {} } = locked[folder] ?? {};
  return Object.keys({ ...dependencies, ...optionalDependencies }).flatMap(
    (name) => folderOf(locked, folder, name) ?? [],
  );
};

/** The packages and everything they need, as folders. */
function reached(locked: Locked, names: Iterable<string>): Set<string> {
  const found = new Set<string>();
  const open = [...names].flatMap((name) => folderOf(locked, '', name) ?? []);
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (found.has(one)) continue;
    found.add(one);
    open.push(...needsOf(locked, one));
  }
  return found;
}

/** The package that an import of `from` loads; null for files and for Node's own modules. */
export function packageOf(from: string): string | null {
  if (!/^[@a-z]/.test(from) || from.includes(':')) return null;
  const [first = '', second = ''] = from.split('/');
  return first.startsWith('@') ? `${first}/${second}` : first;
}

const IMPORT = /(?:from|import)\s*\(?\s*['"]([^'"\n]+)['"]|@import\s+['"]([^'"\n]+)['"]/g;

/** Packages that a source text names. */
export const importsOf = (text: string): string[] =>
  [...text.matchAll(IMPORT)].flatMap(([, from, css]) => packageOf(from ?? css ?? '') ?? []);

const SRI = /^sha512-([A-Za-z0-9+/]+={0,2})$/;

function component(folder: string, part: LockedPackage, place: Place): Component {
  const { version = '', license = '', integrity = '' } = part;
  const purl = purlOf(folder, version);
  const [, sri] = SRI.exec(integrity) ?? [];
  const hex = sri === undefined ? null : Buffer.from(sri, 'base64').toString('hex');
  const plain = /^[\w.-]+$/.test(license);
  return {
    ...{ type: 'library', 'bom-ref': purl, name: nameOf(folder), version, purl },
    scope: place === 'tools' ? 'excluded' : part.optional ? 'optional' : 'required',
    licenses:
      license === '' ? [] : [plain ? { license: { id: license } } : { expression: license }],
    hashes: hex === null ? [] : [{ alg: 'SHA-512', content: hex }],
    properties: [{ name: 'daiban:place', value: place }],
  };
}

/** Each part once, though it may be installed in several folders. */
export function componentsOf(locked: Locked, imported: Iterable<string>): readonly Component[] {
  const root = locked[''];
  const server = reached(locked, Object.keys(root?.dependencies ?? {}));
  const browser = reached(locked, imported);
  const found = new Map<string, Component>();
  for (const folder of Object.keys(locked).filter((one) => one !== '')) {
    const place = server.has(folder) ? 'server' : browser.has(folder) ? 'browser' : 'tools';
    const made = component(folder, locked[folder] ?? {}, place);
    const before = found.get(made.purl);
    if (before === undefined || before.scope === 'excluded') found.set(made.purl, made);
  }
  return [...found.values()].toSorted((a, b) => (a.purl < b.purl ? -1 : 1));
}

/** The whole bill: the same lockfile and sources give the same text, to the byte. */
export function sbomOf(locked: Locked, imported: readonly string[], name: string): object {
  const version = locked['']?.version ?? '';
  const self = `pkg:npm/${name}@${version}`;
  const components = componentsOf(locked, imported);
  const print = createHash('sha256').update(JSON.stringify(components)).digest('hex');
  const uuid = [8, 12, 16, 20, 32].map((end, i, ends) => print.slice(ends[i - 1] ?? 0, end));
  const refs = (folders: readonly string[]) =>
    [...new Set(folders.map((one) => purlOf(one, locked[one]?.version ?? '')))].toSorted();
  const needs = new Map<string, Set<string>>();
  for (const folder of Object.keys(locked).filter((one) => one !== '')) {
    const [own = ''] = refs([folder]);
    needs.set(own, new Set([...(needs.get(own) ?? []), ...refs(needsOf(locked, folder))]));
  }
  const direct = Object.keys(locked['']?.dependencies ?? {}).concat(imported);
  const roots = direct.flatMap((one) => folderOf(locked, '', one) ?? []);
  return {
    ...{ bomFormat: 'CycloneDX', specVersion: '1.6', serialNumber: `urn:uuid:${uuid.join('-')}` },
    version: 1,
    metadata: {
      component: {
        ...{ type: 'application', 'bom-ref': self, name, version, purl: self },
        licenses: [{ license: { id: 'Apache-2.0' } }],
      },
    },
    components,
    dependencies: [
      { ref: self, dependsOn: refs(roots) },
      ...[...needs].toSorted().map(([ref, on]) => ({ ref, dependsOn: [...on].toSorted() })),
    ],
  };
}
