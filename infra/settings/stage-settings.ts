import { parseSettings, type Settings } from '../../shared/settings/settings.ts';
import { devSettings } from './dev.ts';
import { prodSettings } from './prod.ts';

/**
 * The settings that a stage is deployed with, without all that deploying needs.
 * @returns undefined where there is no such stage. @throws ConfigurationError naming each wrong key.
 */
export function settingsOfStage(stage: string): Settings | undefined {
  const given = new Map([
    ['dev', devSettings],
    ['prod', prodSettings],
  ]).get(stage);
  return given && parseSettings(given);
}
