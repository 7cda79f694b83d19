import { texts } from '../lib/language.svelte';

export const curves = texts(
  {
    loss: 'Loss (lower is better)',
    accuracy: 'Accuracy (higher is better)',
    training: 'training',
    validation: 'validation',
    epoch: 'Epoch',
    noValidation: 'none held back',
    member: (n: number) => `Network ${n}`,
    fold: (n: number) => `Round ${n} of cross-validation`,
    numbers: 'The numbers as a table',
    says: (what: string, series: string) => `${what}, at the end: ${series}`,
    empty: 'The curves appear after the first epoch.',
  },
  {
    loss: '손실 (낮을수록 좋음)',
    accuracy: '정확도 (높을수록 좋음)',
    training: '학습',
    validation: '검증',
    epoch: '에폭',
    noValidation: '남겨 둔 것 없음',
    member: (n: number) => `신경망 ${n}`,
    fold: (n: number) => `교차 검증 ${n}회째`,
    numbers: '표로 보기',
    says: (what: string, series: string) => `${what}, 마지막 값: ${series}`,
    empty: '첫 에폭이 끝나면 곡선이 나타납니다.',
  },
);
