import { expect, test } from '@playwright/test';

import { withParticle } from '../src/lib/particle';

test('a particle follows the sound of its word', () => {
  expect(withParticle('겨루기', '을(를)')).toBe('겨루기를');
  expect(withParticle('동작', '을(를)')).toBe('동작을');
  expect(withParticle('“품새”', '은(는)')).toBe('“품새”는');
  expect(withParticle('얼굴막기', '(으)로')).toBe('얼굴막기로');
  expect(withParticle('몸통', '(으)로')).toBe('몸통으로');
  expect(withParticle('발', '(으)로'), 'ㄹ takes 로').toBe('발로');
  expect(withParticle('모델 3', '이(가)'), '삼이').toBe('모델 3이');
  expect(withParticle('모델 2', '와(과)'), '이와').toBe('모델 2와');
  expect(withParticle('simple', '을(를)'), 'nobody knows how it is read').toBe('simple을(를)');
});
