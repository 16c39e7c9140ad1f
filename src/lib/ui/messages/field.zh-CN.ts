/** Words of 人命关天, 隐患排查 and 该办的事. */
export const fieldZh = {
  life: {
    title: '人命关天',
    first: '人先稳住，别一个人离开',
    call: '点一下就拨',
    phones: {
      '110': '报警',
      '120': '急救',
      '12356': '心里过不去，有人听',
    },
    noNumber: '县局值班、派出所的号县里还没填。先打上面的号',
    logTitle: '打过的电话',
    called: (time: string, who: string) => `${time} 打了 ${who}`,
    answer: '那头咋说',
    done: '人现在咋样，做了啥',
    words: '说的吓人的话，原样写',
    level: '有多急',
    levels: { LIFE: '人命', MAJOR: '伤了人、房要倒', SENSITIVE: '要聚人', URGENT_TIME: '断粮断水' },
    save: '存好，马上报县里',
    saved: '存好了。有信号立刻报上去，县里半小时内要有人接',
    needCase: '先打电话。要报上去，从那张单子里点「人命关天」',
    place: '人在哪儿',
    back: '回单子接着写，写过的都在',
  },
  hazard: {
    title: '隐患排查',
    place: '在哪儿',
    village: '哪个村',
    parties: '谁跟谁',
    level: '有多悬',
    levels: {
      RED: '红：要出事',
      ORANGE: '橙：吵起来了',
      YELLOW: '黄：结了疙瘩',
      BLUE: '蓝：有苗头',
    },
    people: '牵扯几个人',
    text: '咋回事',
    measure: '做了啥、打算咋办',
    followers: '谁盯着',
    save: '存好，报上去',
    mine: '报过的',
    none: '还没报过',
    toCase: '有人要正经反映，就去接单',
  },
  tasks: {
    title: '该办的事',
    none: '这会儿没有该办的。',
    kinds: {
      TELL: '去告诉她',
      DELIVER: '去送文书',
      PROMISE: '答应的事到日子了',
      SUPPLEMENT: '县里让补材料',
      RATE: '请她评一评',
      HAND_IN: '还没报到县里',
      REWORK: '县里让再办办',
    },
    by: (day: string) => `${day} 前`,
  },
};

/** The shape both languages keep. */
export type FieldWords = typeof fieldZh;
