/**
 * A mark beside the store (FAULTS T6): if the browser throws the store away, the cookie is left and
 * says which vault stood here and how much of it had not been sent. Sent along only to the pages
 * of the tablet, never with an exchange.
 */
export interface Marker {
  /** Empty: written by an older build, which did not say. */
  readonly dv: string;
  /** Events that only this tablet had. */
  readonly unsent: number;
}

const NAME = 'daiban_tablet';
const YEAR_SECONDS = 31_536_000;

/** The mark among all cookies of the page; null when there is none. */
export function readMarker(cookies: string): Marker | null {
  const values = cookies
    .split(/;\s*/)
    .filter((c) => c.startsWith(`${NAME}=`))
    .map((c) => c.slice(NAME.length + 1));
  const known = values.map((v) => /^v1\.([\w-]{22})\.(\d{1,7})$/.exec(v)).find((m) => m !== null);
  if (known) return { dv: known[1] ?? '', unsent: Number(known[2]) };
  return values.length > 0 ? { dv: '', unsent: 0 } : null;
}

/** What to set as `document.cookie`. */
export const markerCookie = ({ dv, unsent }: Marker): string =>
  `${NAME}=v1.${dv}.${Math.min(unsent, 9_999_999)}; max-age=${YEAR_SECONDS}; path=/tablet; samesite=strict`;
