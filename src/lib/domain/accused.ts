/**
 * 说的是谁: whether a person or a unit of the county is meant by the words in which a villager named
 * whom the matter is about. Errs on the side of yes: who is kept out wrongly is let in by an answer
 * of the office, what was read by the accused cannot be taken back. Source: 条例 art. 28(3), 30.
 */
import { plainText } from './similarity.ts';
import { isAreaOf, withoutUnits, wordsOfUnit } from './unit-words.ts';

/** The respondent as the rights look at him; hand-made ones may lack what the office answers. */
export interface Accused {
  readonly name: string;
  readonly level: 'NONE' | 'VILLAGE' | 'TOWNSHIP' | 'COUNTY' | 'ABOVE' | 'UNKNOWN';
  readonly areaCode: string;
  readonly unitId: string;
  /** People of the county whom the office named; they are out whatever the words say. */
  readonly personIds?: readonly string[];
  /** The office answered which person, or that it is nobody of ours: words shut no person out. */
  readonly personsSettled?: boolean;
  /** The office answered that it is none of the units. */
  readonly unitsSettled?: boolean;
  /** What the case itself tells: dictation, title, summary; asked where it is sealed or guarded. */
  readonly texts?: readonly string[];
  /** Those of them that came after the office had answered: a name in them is not answered yet. */
  readonly later?: readonly string[];
}

/** Traditional letters of surnames, given names and offices, each before its plain form. */
const PLAIN_OF = new Map(
  (
    '嚴严陳陈張张劉刘趙赵吳吴楊杨黃黄馬马孫孙羅罗鄭郑謝谢許许韓韩馮冯鄧邓葉叶蘇苏呂吕盧卢蔣蒋' +
    '賈贾鄒邹龍龙萬万錢钱湯汤蕭萧鐘钟鍾钟譚谭陸陆鄔邬閻阎顧顾賀贺龔龚龐庞欒栾關关畢毕聶聂駱骆' +
    '國国華华軍军東东偉伟麗丽強强蘭兰鳳凤榮荣慶庆貴贵順顺興兴寶宝書书學学義义長长衛卫謹谨嶺岭' +
    '鎮镇鄉乡縣县員员會会處处務务農农業业產产財财醫医療疗衞卫環环應应'
  )
    .match(/../gu)
    ?.map((pair) => [...pair] as [string, string]) ?? [],
);

/** Width, blanks, points, letters in the old form: all one. */
export const foldName = (text: string): string =>
  [...plainText(text)].map((one) => PLAIN_OF.get(one) ?? one).join('');

const TITLES =
  /主任|支书|会计|出纳|局长|处长|科长|股长|所长|站长|院长|书记|乡长|镇长|县长|市长|部长|组长|队长|委员|干事|科员|干部|领导|同志|先生|女士|秘书|助理|负责人|经办人?|工作人员|办事员|一把手|二把手/gu;
const AROUND =
  /信访局|信访办|接访的?|密封专员|登记员|审核员|你们|咱们|我们|他们|那个|这个|[局科股所站办处县市里上的叫姓是副正代原老小人]/gu;
const APART = /[\s、，,;；/|]|还有|跟|和|与/u;
/** A rest longer than this is no part of a name. */
const REST_MAX = 4;

/** The words folded, and what is left of each person in them without unit, title and small words. */
interface Read {
  readonly folded: string;
  /** Without units and titles: a surname that is left belongs to somebody. */
  readonly bare: string;
  readonly rests: readonly string[];
}

function readNow(text: string): Read {
  const rests = text
    .normalize('NFKC')
    .split(APART)
    .map((piece) => withoutUnits(foldName(piece)).replace(TITLES, '').replace(AROUND, ''))
    .filter((rest) => rest !== '' && [...rest].length <= REST_MAX);
  const folded = foldName(text);
  return { folded, bare: withoutUnits(folded).replace(TITLES, ''), rests };
}

/** Everybody's rights are asked over the same words: they are read once. */
const known = new WeakMap<Accused, Read>();

function readOf(accused: Accused): Read {
  const read = known.get(accused) ?? readNow(accused.name);
  known.set(accused, read);
  return read;
}

const NAME_MIN = 2;
/** A longer name is that of a post (县水务局经办) and has no surname. */
const PERSON_MAX = 4;

/** The whole name stands in the words, however it is written. */
export function isNamed(accused: Accused, name: string): boolean {
  if (accused.name === '') return false;
  const own = foldName(name);
  return own.length >= NAME_MIN && readOf(accused).folded.includes(own);
}

/** The folded texts of a case are long: folded once. */
const folded = new WeakMap<readonly string[], string>();

function standsIn(texts: readonly string[] | undefined, name: string): boolean {
  const own = foldName(name);
  if (own.length < NAME_MIN || texts === undefined || texts.length === 0) return false;
  const text = folded.get(texts) ?? texts.map(foldName).join('\n');
  folded.set(texts, text);
  return text.includes(own);
}

/** The whole name stands anywhere in the case's own texts, be he named as the accused or not. */
export const isWritten = ({ texts }: Accused, name: string): boolean => standsIn(texts, name);

/** The whole name was told after the office had answered whom the matter is about. */
export const isWrittenLater = ({ later }: Accused, name: string): boolean => standsIn(later, name);

/**
 * The words may mean this person: a part of his name (春生), and for `guarded` cases his surname
 * too, whatever stands around it (信访局宋主任收我的钱), or one letter of his name with an office
 * (严主任). A surname alone means nobody of the county where a cadre of a village or a township is
 * spoken of.
 */
export function mayMean(accused: Accused, name: string, guarded: boolean): boolean {
  const own = foldName(name);
  if (accused.name === '' || own.length < NAME_MIN) return false;
  const wide = guarded && accused.level !== 'VILLAGE' && accused.level !== 'TOWNSHIP';
  const isPerson = own.length <= PERSON_MAX;
  const { bare, rests } = readOf(accused);
  if (wide && isPerson && bare.includes(own.slice(0, 1))) return true;
  const letter = (rest: string) => (isPerson ? own.includes(rest) : own.startsWith(rest));
  return rests.some((rest) =>
    rest.length >= NAME_MIN ? own.includes(rest) : wide && letter(rest),
  );
}

const OWN_TOWNSHIP = /乡政府|镇政府|乡里|镇里|乡党委|镇党委|乡镇府/u;

/** The unit is the one that the matter is about: by the office's answer, else by the words. */
export function isUnitMeant(accused: Accused, unitId: string): boolean {
  if (accused.unitId !== '' && accused.unitId === unitId) return true;
  if (accused.name === '' || accused.unitsSettled === true) return false;
  const text = readOf(accused).folded;
  if (wordsOfUnit(unitId).some((word) => text.includes(word))) return true;
  return isAreaOf(unitId, accused.areaCode) && OWN_TOWNSHIP.test(text);
}
