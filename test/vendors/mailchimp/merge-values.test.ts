import { describe, expect, it } from 'vitest';
import { served } from './calls.ts';
import { clipBytes } from './merge-values.ts';

const MAIL = 'otto@guests.test';

describe('merge fields of a member', () => {
  it.each([
    ['a'.repeat(300), 'a'.repeat(255)],
    ['é'.repeat(200), 'é'.repeat(127)],
    ['日'.repeat(100), '日'.repeat(85)],
    ['🐋'.repeat(70), '🐋'.repeat(63)],
  ])('cut text at 255 bytes, whole characters only (%#)', async (given, kept) => {
    const { putMember, mailchimp } = await served();
    await putMember(MAIL, { merge_fields: { FNAME: given } });
    expect(mailchimp.contact(MAIL)?.mergeValues.FNAME).toBe(kept);
    expect(mailchimp.audience().noticed).toMatchObject([{ what: 'text-clipped', detail: 'FNAME' }]);
  });

  it('leave 255 bytes alone', () => {
    expect(clipBytes('日'.repeat(85), 255)).toBe('日'.repeat(85));
  });

  it('ignore a tag nobody defined, and show that they did', async () => {
    const { putMember, mailchimp } = await served();
    expect((await putMember(MAIL, { merge_fields: { SHOESIZE: '43' } })).status).toBe(200);
    expect(mailchimp.contact(MAIL)?.mergeValues).toEqual({});
    expect(mailchimp.audience().noticed).toMatchObject([{ what: 'merge-tag-ignored', detail: 'SHOESIZE' }]);
  });

  it.each([
    ['NEXT_TOUR', 'next friday'],
    ['NEXT_TOUR', '2027-02-30'],
    ['BOOKINGS', 'three'],
    ['LTV', '$120.00'],
  ])('refuse %s = %s', async (tag, value) => {
    const { putMember, mailchimp } = await served();
    const refused = await putMember(MAIL, { merge_fields: { [tag]: value } });
    expect(refused).toMatchObject({
      status: 400,
      body: { detail: 'Your merge fields were invalid.', errors: [{ field: tag }] },
    });
    expect(mailchimp.audience().contacts.size).toBe(0);
  });

  it('store days and numbers, and clear by an empty text', async () => {
    const { putMember, mailchimp } = await served();
    await putMember(MAIL, {
      merge_fields: { NEXT_TOUR: '06/01/2027', LAST_TOUR: '2026-05-04', BOOKINGS: 3, LTV: '120.5' },
    });
    expect(mailchimp.contact(MAIL)?.mergeValues).toEqual({
      NEXT_TOUR: '2027-06-01',
      LAST_TOUR: '2026-05-04',
      BOOKINGS: 3,
      LTV: 120.5,
    });
    await putMember(MAIL, { merge_fields: { NEXT_TOUR: '' } });
    expect(mailchimp.contact(MAIL)?.mergeValues).toMatchObject({ NEXT_TOUR: '', BOOKINGS: 3 });
  });

  it('know Mailchimp’s own types: phone, address, birthday', async () => {
    const { putMember } = await served({ mergeFields: 'mailchimp' });
    const phone = (value: string) => putMember(MAIL, { merge_fields: { PHONE: value } });
    expect((await phone('+44 20 7946 0018')).status).toBe(400);
    expect((await phone('(202) 555-0143')).status).toBe(200);
    expect((await putMember(MAIL, { merge_fields: { ADDRESS: 'Pier 1' } })).status).toBe(400);
    const address = { addr1: 'Pier 1', city: 'Harbor', state: 'ME', zip: '04101' };
    expect((await putMember(MAIL, { merge_fields: { ADDRESS: address, BIRTHDAY: '02/14' } })).status).toBe(200);
    expect((await putMember(MAIL, { merge_fields: { BIRTHDAY: '14.2.' } })).status).toBe(400);
  });
});

describe('merge fields of the audience', () => {
  it('are created with a tag of at most 10 characters, once', async () => {
    const { call } = await served({ mergeFields: 'mailchimp' });
    const post = (tag: string) => call('POST', '/lists/audience01/merge-fields', { name: tag, type: 'text', tag });
    expect((await post('AI_SEGMENT_X')).status).toBe(400);
    expect((await post('AI_SEGMENT')).body).toMatchObject({ tag: 'AI_SEGMENT', merge_id: 6, type: 'text' });
    expect((await post('AI_SEGMENT')).body.detail).toMatch(/already exists/);
    expect((await call('POST', '/lists/audience01/merge-fields', { name: 'No type' })).status).toBe(400);
  });

  it('are 30 at most, listed ten a page unless told', async () => {
    const { call } = await served();
    const answers: number[] = [];
    for (let index = 0; index < 21; index += 1) {
      answers.push((await call('POST', '/lists/audience01/merge-fields', { name: `F${index}`, type: 'text' })).status);
    }
    expect(answers.filter((status) => status === 200)).toHaveLength(20);
    expect(answers.at(-1)).toBe(400);
    const listed = await call('GET', '/lists/audience01/merge-fields');
    expect(listed.body.merge_fields).toHaveLength(10);
    expect(listed.body.total_items).toBe(30);
  });

  it('asked for on creation where required, unless validation is skipped', async () => {
    const { call, putMember } = await served();
    const changed = await call('PATCH', '/lists/audience01/merge-fields/1', { name: 'First Name', required: true });
    expect(changed.body).toMatchObject({ tag: 'FNAME', required: true, type: 'text' });
    expect(await putMember(MAIL)).toMatchObject({ status: 400, body: { errors: [{ field: 'FNAME' }] } });
    const body = { email_address: MAIL, status_if_new: 'transactional' };
    const skipped = await call('PUT', `/lists/audience01/members/${MAIL}?skip_merge_validation=true`, body);
    expect(skipped.status).toBe(200);
  });
});
