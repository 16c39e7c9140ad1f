/**
 * Whether a tablet's build is older than the oldest that the county still likes: dotted numbers,
 * compared part by part. A name that has other parts is never called old: nobody is told to update
 * what cannot be compared.
 */
export function isOlderBuild(build: string, minBuild: string): boolean {
  const parts = (name: string): number[] | null =>
    /^\d+(\.\d+)*$/.test(name) ? name.split('.').map(Number) : null;
  const [own, least] = [parts(build), parts(minBuild)];
  if (own === null || least === null) return false;
  for (let i = 0; i < Math.max(own.length, least.length); i++) {
    const difference = (own[i] ?? 0) - (least[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
