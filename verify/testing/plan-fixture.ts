// eslint-disable-next-line import-x/no-extraneous-dependencies -- the test tools belong to the root
import fc from 'fast-check';
import { buildHistory, planOperations, type Plan } from './history-fixture.ts';

const operation = fc.record({
  producer: fc.constantFrom('producer-a', 'producer-b'),
  keyNumber: fc.nat({ max: 5 }),
  outcome: fc.constantFrom('ok', 'ok', 'ok', 'fail', 'unknown', 'pending'),
  isStored: fc.boolean(),
  othersBefore: fc.nat({ max: 2 }),
});

/** Any plan of a correct run with at least four acknowledged records, of one producer and key, among others. */
const plan: fc.Arbitrary<Plan> = fc.record({
  partitions: fc.integer({ min: 1, max: 4 }),
  operations: fc
    .array(operation, { maxLength: 40 })
    .map((operations) => [...operations, ...planOperations(4, { keyNumber: 0 })]),
  receiptLength: fc.integer({ min: 1, max: 5 }),
  redeliverEvery: fc.nat({ max: 3 }),
});

/** Any correct history: other runs' records between, refused and unanswered operations, redeliveries. */
export const correctHistory = plan.map(buildHistory);
