/** What a person said or is called, beside other words in one run of text, stands in apart(). */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse, type AST } from 'svelte/compiler';
import { describe, expect, it } from 'vitest';

const SRC = path.resolve(import.meta.dirname, '../src');
/** How fields are called that hold somebody's words or name. */
const SAID =
  /^(?!(?:w|words)\.)\w[\w.?[\]]*\.(name|petitioner|reason|caption|matter|said|madeBy|confirmedBy|proposedBy|confirmWhy|verbatim|tidy|threatWords|holder|who|by)$/;
const MINIMUM = { files: 150, runs: 40 };

interface Run {
  readonly text: string;
  readonly line: number;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** Expressions that share a run of text with other words, outside of elements of their own. */
function runsOf(source: string): Run[] {
  const found: Run[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (!isObject(node)) return;
    if (node['type'] === 'Fragment') {
      const parts = (node as unknown as AST.Fragment).nodes.filter(
        (part) => part.type !== 'Comment' && !(part.type === 'Text' && part.data.trim() === ''),
      );
      for (const part of parts.length > 1 ? parts : [])
        if (part.type === 'ExpressionTag') {
          const text = source.slice(part.start + 1, part.end - 1).trim();
          found.push({ text, line: source.slice(0, part.start).split('\n').length });
        }
    }
    for (const [key, part] of Object.entries(node))
      if (!['expression', 'metadata', 'instance', 'module', 'css'].includes(key)) visit(part);
  };
  visit(parse(source, { modern: true }).fragment);
  return found;
}

const bare = (source: string): Run[] => runsOf(source).filter(({ text }) => SAID.test(text));

describe('[AU528] a name or words beside other words stand in apart()', () => {
  it('in every component', () => {
    const all = readdirSync(SRC, { recursive: true, encoding: 'utf8' });
    const files = all.filter((name) => name.endsWith('.svelte'));
    let set = 0;
    const wrong: string[] = [];
    for (const file of files) {
      const source = readFileSync(path.join(SRC, file), 'utf8');
      set += runsOf(source).filter(({ text }) => text.startsWith('apart(')).length;
      for (const { text, line } of bare(source)) wrong.push(`${file}:${String(line)} {${text}}`);
    }
    expect(wrong).toEqual([]);
    expect(files.length).toBeGreaterThan(MINIMUM.files);
    expect(set).toBeGreaterThan(MINIMUM.runs);
  });

  it('sees one that does not', () => {
    expect(bare('<p>{row.petitioner} · {when}</p>')).toHaveLength(1);
    expect(bare('<p>{#if a}<b>x</b>，{line.by}{/if}</p>')).toHaveLength(1);
    expect(bare('<p>{apart(row.petitioner)} · {when}</p><b>{row.petitioner}</b>')).toEqual([]);
  });
});
