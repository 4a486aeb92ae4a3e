import type { Answer } from '../../../shared/booking/booking.ts';
import type { BodyReader } from './body-reader.ts';

/** No tour takes more; a larger number is a mistake or a phone number. */
const LARGEST_PARTY = 5_000;

/** The answered custom fields of the booking and of each of its customers; empty answers are left out. */
export function readAnswers(booking: BodyReader, currency: string): Answer[] {
  const ofBooking = booking.list('custom_field_values').flatMap((value) => readAnswer(value, null, currency));
  const ofCustomers = booking.list('customers').flatMap((customer) => {
    const pk = customer.integer('pk');
    return customer.list('custom_field_values').flatMap((value) => readAnswer(value, pk, currency));
  });
  return [...ofBooking, ...ofCustomers];
}

function readAnswer(value: BodyReader, customerPk: number | null, currency: string): Answer[] {
  const field = value.part('custom_field');
  const question = field.text('title') ?? field.text('name') ?? value.text('name');
  // An extended option's value is only the option's pk: what people see stands in `display_value`.
  const answer = value.text('display_value') ?? value.text('value');
  if (question === null || answer === null) return [];
  const cost = value.object('total_cost')?.money('total', currency) ?? null;
  const costs = cost !== null && cost.amount > 0 && { cost };
  return [{ question, type: field.text('type') ?? 'unknown', value: answer, customerPk, ...costs }];
}

/**
 * How many people come. A private tour is often booked as one customer, with the true number in a question of the
 * operator's own: the larger of the two counts.
 */
export function readPartySize(
  booking: BodyReader,
  customers: number,
  answers: readonly Answer[],
  questions: readonly string[],
): number {
  const counted = Math.max(booking.integer('customer_count') ?? 0, customers, 0);
  const wanted = new Set(questions.map((question) => question.toLowerCase()));
  const answered = answers
    .filter(({ question, customerPk }) => customerPk === null && wanted.has(question.toLowerCase()))
    .map(({ value }) => (/^\d{1,4}$/.test(value) ? Number(value) : 0))
    .filter((size) => size <= LARGEST_PARTY);
  return Math.min(Math.max(counted, ...answered), LARGEST_PARTY);
}
