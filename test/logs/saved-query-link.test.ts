import { describe, expect, test } from 'vitest';
import { QUERY_NAMES, SAVED_QUERIES, savedQueryLink } from '../../infra/constructs/saved-queries.ts';

/** What the console itself writes into its address for this query, but for a queryId, and brackets and quotes. */
const AS_THE_CONSOLE =
  "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:logs-insights$3FqueryDetail$3D~(end~0~start~-3600~timeType~'RELATIVE~unit~'seconds~editorString~'fields*20*40timestamp*2c*20*40message*0a*7c*20filter*20*40message*20like*20*2f*28Init*20Duration*7c*22coldstart*22*3atrue*29*2f*0a*7c*20sort*20*60at-1_x.y*60~source~(~'*2faws*2flambda*2fone~'*2faws*2flambda*2ftwo))";

describe('a link to a saved query', () => {
  test('is what the console makes of it, with the characters encoded once more at which mail programs end a link', () => {
    const query =
      'fields @timestamp, @message\n| filter @message like /(Init Duration|"coldstart":true)/\n| sort `at-1_x.y`';
    const link = savedQueryLink('eu-west-1', query, ['/aws/lambda/one', '/aws/lambda/two']);
    expect(link).toBe(AS_THE_CONSOLE.replaceAll("'", '$2527').replaceAll('(', '$2528').replaceAll(')', '$2529'));
    expect(link).toMatch(/^[\w:/.?=#$*~-]+$/);
  });

  test('can be read back: region, query, log groups, and how far it looks back', () => {
    for (const name of QUERY_NAMES) {
      const { query, hours } = SAVED_QUERIES[name];
      const link = savedQueryLink('ap-northeast-1', `${query} ü “`, ['/a', '/b'], hours);
      expect(readLink(link)).toEqual({ query: `${query} ü “`, groups: ['/a', '/b'], start: -3600 * hours });
    }
  });
});

/** As the console reads its address: `$` for `%`, twice decoded, then the object in it. */
function readLink(link: string) {
  const [, encoded = ''] = link.split('$3FqueryDetail$3D');
  const detail = decodeURIComponent(decodeURIComponent(encoded.replaceAll('$', '%')));
  const [, start, query = '', groups = ''] =
    /^~\(end~0~start~(-\d+)~timeType~'RELATIVE~unit~'seconds~editorString~'([^~]*)~source~\((.*)\)\)$/.exec(detail) ??
    [];
  const text = (starred: string) => decodeURIComponent(starred.replaceAll('*', '%'));
  return { start: Number(start), query: text(query), groups: groups.split("~'").slice(1).map(text) };
}
