import type { Vendor, VendorReply, VendorRequest } from '../../server.ts';
import { type Sessions, USERS } from '../auth.ts';
import { answerMetadataApi } from './metadata-api.ts';
import type { SetUp } from './set-up.ts';

export interface Administration {
  readonly sessions: Sessions;
  /** The org's set-up as it is now. */
  readonly setUp: () => SetUp;
  /** Called when it may have been changed. */
  readonly changed: () => void;
}

/** What a program does that sets the org up: the Metadata API, and who is signed in. */
export function administrationRoutes({ sessions, setUp, changed }: Administration): Vendor['routes'] {
  const rights = {
    holds: (token: string) => sessions.userOfToken(token) !== undefined,
    mayModify: (token: string) => sessions.userOfToken(token) === 'admin',
  };
  const metadata = ({ body }: VendorRequest): VendorReply => {
    const reply = answerMetadataApi(setUp(), rights, body);
    changed();
    return reply;
  };
  const userInfo = (request: VendorRequest): VendorReply => {
    const id = USERS[sessions.userOf(request) ?? 'sync'];
    return { status: 200, body: { user_id: id, organization_id: '00D000000000001EAA' } };
  };
  return [
    { name: 'metadata', method: 'POST', pattern: '/services/Soap/m/:version', handle: metadata },
    { name: 'userinfo', method: 'GET', pattern: '/services/oauth2/userinfo', handle: userInfo },
  ];
}
