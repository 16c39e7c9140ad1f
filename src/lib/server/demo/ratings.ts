import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import type { OpenedRating } from '../../domain/statistics-summary.ts';
import type { EventId } from '../../domain/values.ts';

const value = z.enum(['满意', '基本满意', '不满意']).optional();
const schema = z.record(
  z.string(),
  z.object({ UNIT: value, OFFICE: value, reason: z.string().nullable() }),
);

/** Ratings of the samples in clear, as `seedDemo` wrote them; none when the file is not there. */
export async function readDemoRatings(
  dataDir: string,
): Promise<ReadonlyMap<string, readonly OpenedRating[]>> {
  let text: string;
  try {
    text = await readFile(path.join(dataDir, 'demo-ratings.json'), 'utf8');
  } catch {
    return new Map();
  }
  const read = schema.parse(JSON.parse(text));
  return new Map(
    Object.entries(read).map(([id, { UNIT, OFFICE, reason }]) => {
      const one = (target: 'UNIT' | 'OFFICE', rated: typeof UNIT): OpenedRating[] =>
        rated === undefined
          ? []
          : [
              {
                ratingId: id as EventId,
                target,
                value: rated,
                reasons: rated === '不满意' && reason !== null ? [reason] : [],
              },
            ];
      return [id, [...one('UNIT', UNIT), ...one('OFFICE', OFFICE)]];
    }),
  );
}
