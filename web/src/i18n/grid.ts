import { texts } from '../lib/language.svelte';
import { particle } from '../lib/particle';

export const grid = texts(
  {
    loading: 'Loading …',
    chosen: (n: number) => (n === 1 ? '1 chosen' : `${n} chosen`),
    aside: 'Set aside',
    restore: 'Take back into use',
    relabel: 'It is really …',
    choose: 'another class',
    none: 'Choose none',
    undo: 'Undo',
    redo: 'Redo',
    didAside: (n: number) => (n === 1 ? '1 sample set aside' : `${n} samples set aside`),
    didRestore: (n: number) => (n === 1 ? '1 sample taken back into use' : `${n} samples taken back into use`),
    didRelabel: (n: number, to: string) => (n === 1 ? `1 sample moved to “${to}”` : `${n} samples moved to “${to}”`),
    undone: 'Undone',
    redone: 'Done again',
    problems: (n: number) => (n === 1 ? '1 sample stayed as it was' : `${n} samples stayed as they were`),
  },
  {
    loading: '불러오는 중 …',
    chosen: (n: number) => `${n}장 선택함`,
    aside: '제외하기',
    restore: '다시 쓰기',
    relabel: '실제로는 …',
    choose: '다른 동작',
    none: '선택 풀기',
    undo: '되돌리기',
    redo: '다시 하기',
    didAside: (n: number) => `${n}장을 제외했습니다`,
    didRestore: (n: number) => `${n}장을 다시 씁니다`,
    didRelabel: (n: number, to: string) => `${n}장을 “${to}”${particle(to, '(으)로')} 옮겼습니다`,
    undone: '되돌렸습니다',
    redone: '다시 했습니다',
    problems: (n: number) => `${n}장은 그대로입니다`,
  },
);
