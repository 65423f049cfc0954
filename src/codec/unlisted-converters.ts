// What an output pin without a connection list selects among, on codecs that are wired so (hda-hardware §5.15).

import { WCAP_DIGITAL, WIDGET_AUDIO_OUTPUT, widgetType } from '../hda/parameters.ts';
import { UNLISTED_CONVERTERS } from '../hda/unlisted-connections.ts';
import type { CodecModel, WidgetModel } from './model.ts';

export function unlistedConverters({ vendorId }: CodecModel, widgets: readonly WidgetModel[]): number[] {
  if (!UNLISTED_CONVERTERS.includes(vendorId)) return [];
  return widgets
    .filter(({ caps }) => widgetType(caps) === WIDGET_AUDIO_OUTPUT && (caps & WCAP_DIGITAL) !== 0)
    .map(({ nid }) => nid);
}
