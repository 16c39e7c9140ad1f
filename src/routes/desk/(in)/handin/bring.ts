/** What the page does in the browser: files go to the county in pieces, nothing of them is read. */
import {
  ACK_ASK_MAX,
  ACK_MEDIA_TYPE,
  ACK_PATH,
  type AckAsk,
  type HandInAnswer,
} from '$lib/protocol/handin-answer';
import { bringHandIn, type BroughtFile } from '$lib/protocol/handin-bring';
import type { BringReport } from '$lib/protocol/handin-send';
import type { Digest } from '$lib/protocol/hash';
import { CLIENT_HEADER } from '$lib/protocol/version';

const BUILD = 'desk';
const digest: Digest = async (bytes) =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes)));

/** A file that was brought, with what the county has of it now. */
export interface BroughtHere extends BroughtFile {
  readonly name: string;
  /** Events that the county has now, for the ack file. */
  readonly items: AckAsk['items'];
}

const here = (answer: HandInAnswer): AckAsk['items'] =>
  answer.items.flatMap(({ dv, ds, id, result }) =>
    result.s === 'stored' || result.s === 'dup' ? [{ dv, ds, id }] : [],
  );

/** Brings one file; `heard` after each piece. A file that is brought again changes nothing. */
export async function bringOne(
  file: File,
  heard: (report: BringReport) => void,
): Promise<BroughtHere> {
  const items: AckAsk['items'] = [];
  const deps = {
    ...{ digest, build: BUILD, origin: location.origin },
    fetch: (input: RequestInfo | URL, init?: RequestInit) => fetch(input, init),
  };
  const brought = await bringHandIn(file, deps, (answer, now) => {
    items.push(...here(answer));
    heard(now);
  });
  return { ...brought, name: file.name, items };
}

/** The ack files of what was brought; null when the county did not answer. */
export async function ackFiles(items: AckAsk['items']): Promise<readonly Blob[] | null> {
  const files: Blob[] = [];
  for (let at = 0; at < items.length; at += ACK_ASK_MAX) {
    const ask: AckAsk = { items: items.slice(at, at + ACK_ASK_MAX) };
    const answer = await fetch(ACK_PATH, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [CLIENT_HEADER]: BUILD },
      body: JSON.stringify(ask),
    }).catch(() => null);
    if (answer?.status !== 200) return null;
    files.push(new Blob([await answer.arrayBuffer()], { type: ACK_MEDIA_TYPE }));
  }
  return files;
}

/** Gives a file out as a download; its name says the day and nothing of a person. */
export function download(file: Blob, n: number): void {
  const link = document.createElement('a');
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  link.href = URL.createObjectURL(file);
  link.download = `${day}-${String(n)}.psa`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
