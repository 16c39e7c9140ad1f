/** 说到哪了: which of the six things have probably been said. A hint for the agent, never a gate. */

export type CoverageKey = 'when' | 'where' | 'who' | 'what' | 'prior' | 'wants';

/** Words that show that a thing was spoken of; plain and few, for a hint only. */
const signs: readonly (readonly [CoverageKey, RegExp])[] = [
  [
    'when',
    /[年月日号]|今天|昨|前儿|头年|打春|腊月|正月|冬月|春天|夏天|秋天|冬天|开春|早上|晚上|两天|几天/,
  ],
  ['where', /屯|村|乡|镇|县|院|道|路|地头|井|河|沟|家门|园子|当间|东头|西头|南头|北头/],
  ['who', /他|她|俺|我家|邻居|老[^师百]|队长|书记|主任|厂|公司|单位|包工/],
  ['what', /.{30,}/s],
  ['prior', /找过|说过|问过|告过|反映|上访|12345|答复|不管|没管/],
  ['wants', /想要|要求|让他|让他们|给我|赔|清走|修|退|补|解决|管管|希望|盼/],
];

/** The six in the order asked, each with whether it was heard. */
export const coverage = (words: string): readonly { key: CoverageKey; heard: boolean }[] =>
  signs.map(([key, sign]) => ({ key, heard: sign.test(words) }));
