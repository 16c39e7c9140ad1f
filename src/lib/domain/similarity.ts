/** Text with everything but letters and digits taken out, full-width made plain. */
export function plainText(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

/** Counts of neighbouring pairs of characters; one character alone counts as itself. */
export function bigramsOf(text: string): ReadonlyMap<string, number> {
  const characters = [...plainText(text)];
  const counts = new Map<string, number>();
  const add = (gram: string) => counts.set(gram, (counts.get(gram) ?? 0) + 1);
  if (characters.length === 1) add(characters[0] ?? '');
  for (let i = 0; i + 1 < characters.length; i += 1) {
    add(`${characters[i] ?? ''}${characters[i + 1] ?? ''}`);
  }
  return counts;
}

/** 相似度: cosine of the bigram counts of two texts, 0 to 1; 0 when either is empty. */
export function textSimilarity(a: string, b: string): number {
  const left = bigramsOf(a);
  const right = bigramsOf(b);
  let dot = 0;
  let leftSquare = 0;
  let rightSquare = 0;
  for (const [gram, count] of left) {
    leftSquare += count * count;
    dot += count * (right.get(gram) ?? 0);
  }
  for (const count of right.values()) rightSquare += count * count;
  if (leftSquare === 0 || rightSquare === 0) return 0;
  return Math.min(1, dot / Math.sqrt(leftSquare * rightSquare));
}
