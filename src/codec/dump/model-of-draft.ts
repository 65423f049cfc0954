// The model that a section's lines add up to (hda-hardware §6.3: what old kernels leave out and how they say it).

import { FUNCTION_AUDIO, FUNCTION_MODEM } from '../../hda/parameters.ts';
import { previousCoefficientIndex } from '../coefficient-index.ts';
import type { CodecModel, FunctionGroupModel, WidgetModel } from '../model.ts';
import type { Draft, WidgetDraft } from './draft.ts';
import { CodecDumpError } from './dump-error.ts';
import type { Section } from './sections.ts';

export function modelOfDraft(section: Section, draft: Draft): CodecModel {
  if (draft.vendorId === null) throw new CodecDumpError(section.line, `«${draft.name}» has no Vendor Id`);
  const { name, address, vendorId, subsystemId, revisionId } = draft;
  return { name, address, vendorId, subsystemId, revisionId, functionGroups: groupsOf(draft, section) };
}

function groupsOf(draft: Draft, section: Section): FunctionGroupModel[] {
  const groups: FunctionGroupModel[] = [];
  const { lastType } = draft;
  const hasNodes = draft.hasAudio || draft.widgets.length > 0;
  // «Function Id» of old kernels is the last group's: 2 beside nodes means that there are both.
  if (hasNodes || draft.audioType !== null || lastType === FUNCTION_AUDIO) groups.push(audioGroup(draft, section));
  if (draft.modemType !== null || draft.modemNid !== null || lastType === FUNCTION_MODEM) {
    const nid = draft.modemNid ?? (groups.length > 0 ? draft.audioNid + 1 : 1);
    groups.push({ nid, type: draft.modemType ?? FUNCTION_MODEM, widgets: [] });
  }
  const taken = new Set<number>();
  for (const { nid } of [...groups, ...draft.widgets]) {
    if (taken.has(nid)) throw new CodecDumpError(lineOf(draft, nid) ?? section.line, `node ${nid} is there twice`);
    taken.add(nid);
  }
  const nids = draft.widgets.map((widget) => widget.nid).sort((a, b) => a - b);
  for (const [index, nid] of nids.entries()) {
    const before = nids[index - 1];
    if (before === undefined || nid - before === 1) continue;
    throw new CodecDumpError(lineOf(draft, nid) ?? section.line, `between nodes ${before} and ${nid} some are missing`);
  }
  if (groups.length === 2 && Math.abs((groups[0]?.nid ?? 0) - (groups[1]?.nid ?? 0)) !== 1) {
    throw new CodecDumpError(section.line, `«${draft.name}»: audio and modem group do not follow each other`);
  }
  return groups.sort((a, b) => a.nid - b.nid);
}

function lineOf(draft: Draft, nid: number): number | undefined {
  return draft.widgets.findLast((widget) => widget.nid === nid)?.line;
}

function audioGroup(draft: Draft, section: Section): FunctionGroupModel {
  const type = draft.audioType ?? FUNCTION_AUDIO;
  const gpio = draft.group.gpioCaps !== 0 ? { gpio: draft.gpio } : {};
  const widgets = draft.widgets.map(widgetOf).sort((a, b) => a.nid - b.nid);
  if (widgets[0]?.nid === 0) throw new CodecDumpError(lineOf(draft, 0) ?? section.line, 'node 0 is the root');
  return { nid: draft.audioNid, type, ...draft.group, ...gpio, widgets };
}

function widgetOf(draft: WidgetDraft): WidgetModel {
  const { line: _, coefficientIndex, coefficients, ...widget } = draft;
  const value = coefficients?.[0]?.[1];
  if (coefficientIndex === undefined || value === undefined) return widget;
  // The kernel read the coefficient first, and that moved the index on to the one that it printed.
  const index = previousCoefficientIndex(coefficientIndex, widget.processingCaps ?? 0);
  return { ...widget, coefficientIndex: index, coefficients: [[index, value]] };
}
