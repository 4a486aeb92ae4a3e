import { describe, expect, test } from 'vitest';
import { readReplies, update, upsert } from '../../../functions/crm-sync/salesforce/composite.ts';
import { readErrors, toError } from '../../../functions/crm-sync/salesforce/salesforce-errors.ts';

const part = { referenceId: 'contact', body: undefined };
const refusal = (code: string, message = '', status = 400) => ({ status, code, message, fields: [], part });

describe('each class of error', () => {
  test.each([
    ['UNABLE_TO_LOCK_ROW', 400, 'salesforce.lock'],
    ['SERVER_UNAVAILABLE', 503, 'salesforce.unavailable'],
    ['UNKNOWN_EXCEPTION', 500, 'salesforce.unavailable'],
    ['HTTP_504', 504, 'salesforce.unavailable'],
    ['HTTP_429', 429, 'salesforce.unavailable'],
    ['NOBODY_KNOWS', 500, 'salesforce.unavailable'],
    ['INVALID_SESSION_ID', 401, 'salesforce.session'],
    ['REQUEST_LIMIT_EXCEEDED', 403, 'salesforce.request-limit'],
  ])('%s (%i) is tried again', (code, status, expected) => {
    expect(toError(refusal(code, '', status))).toMatchObject({ name: 'RetryableError', code: expected });
  });

  test.each([
    ['DUPLICATE_VALUE', 400, 'salesforce.duplicate-key'],
    ['ENTITY_IS_DELETED', 404, 'salesforce.gone'],
    ['NOT_FOUND', 404, 'salesforce.gone'],
    ['DUPLICATES_DETECTED', 400, 'salesforce.duplicates-detected'],
    ['HTTP_300', 300, 'salesforce.ambiguous'],
    ['FIELD_CUSTOM_VALIDATION_EXCEPTION', 400, 'salesforce.data'],
    ['STRING_TOO_LONG', 400, 'salesforce.data'],
    ['REQUIRED_FIELD_MISSING', 400, 'salesforce.data'],
    ['INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', 400, 'salesforce.data'],
    ['INVALID_EMAIL_ADDRESS', 400, 'salesforce.data'],
    ['INVALID_FIELD', 400, 'salesforce.set-up'],
    ['INVALID_FIELD_FOR_INSERT_UPDATE', 400, 'salesforce.set-up'],
    ['INSUFFICIENT_ACCESS_OR_READONLY', 403, 'salesforce.set-up'],
    ['INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY', 400, 'salesforce.set-up'],
    ['NOBODY_KNOWS', 400, 'salesforce.refused'],
  ])('%s (%i) parks, with what to do', (code, status, expected) => {
    const error = toError(refusal(code, '', status));
    expect(error).toMatchObject({ name: 'PermanentError', code: expected, remedy: expect.stringMatching(/repair/) });
  });

  test('NOT_FOUND is the set-up where the external id field is meant, or the whole address', () => {
    const message = 'Provided external ID field does not exist or is not accessible: FareHarbor_Guest_Key__c';
    expect(toError(refusal('NOT_FOUND', message, 404)).code).toBe('salesforce.set-up');
    expect(toError({ ...refusal('NOT_FOUND', '', 404), part: undefined }).code).toBe('salesforce.set-up');
  });

  test('a limit of the moment is over sooner than the day’s', () => {
    expect(toError(refusal('REQUEST_LIMIT_EXCEEDED', 'ConcurrentRequests Limit exceeded.', 403))).toMatchObject({
      waitSeconds: 15,
    });
  });
});

describe('a composite reply', () => {
  const parts = [
    upsert('account', 'Account', { field: 'Key__c', value: 'g' }, {}),
    update('contact', 'Contact', '003', { LastName: 'Kealoha-Nakamura', Email: 'noa@kealoha.test' }),
    upsert('opportunity', 'Opportunity', { field: 'Key__c', value: 'u' }, {}),
  ];
  const answer = (...bodies: [number, unknown][]) => ({
    compositeResponse: bodies.map(([httpStatusCode, body], index) => ({
      referenceId: parts[index]?.referenceId,
      httpStatusCode,
      httpHeaders: {},
      body,
    })),
  });
  const halted = (errorCode: string): [number, unknown] => [400, [{ errorCode, message: '-' }]];

  test.each(['PROCESSING_HALTED', 'ALL_OR_NONE_OPERATION_ROLLED_BACK'])('names the culprit among %s', (code) => {
    const culprit: [number, unknown] = [
      400,
      [
        {
          errorCode: 'STRING_TOO_LONG',
          fields: ['LastName'],
          message: 'Last Name: data value too large: Kealoha-Nakamura (noa@kealoha.test) (max length=80)',
        },
      ],
    ];
    const read = () => readReplies(answer(halted(code), culprit, halted(code)), parts);
    expect(read).toThrow(
      'Salesforce refused: STRING_TOO_LONG at contact (LastName): Last Name: data value too large: … (…) (max length=80)',
    );
  });

  test('with several records of one key is ambiguous', () => {
    const several: [number, unknown] = [300, ['/services/data/v66.0/sobjects/Account/1', '/services/…/2']];
    expect(() => readReplies(answer(several, halted('PROCESSING_HALTED'), halted('PROCESSING_HALTED')), parts)).toThrow(
      expect.objectContaining({ code: 'salesforce.ambiguous' }),
    );
  });

  test('with parts missing is tried again', () => {
    expect(() => readReplies(answer([201, { id: '001' }]), parts)).toThrow(
      expect.objectContaining({ name: 'RetryableError' }),
    );
  });
});

test('errors are read whichever way Salesforce puts them', () => {
  const read = { code: 'X', message: 'm', fields: [] };
  expect(readErrors([{ errorCode: 'X', message: 'm' }])).toEqual([read]);
  expect(readErrors([{ statusCode: 'X', message: 'm', fields: null }])).toEqual([read]);
  expect(readErrors({ errorCode: 'X', message: 'm' })).toEqual([read]);
  expect(readErrors('<html>')).toBeUndefined();
});
