// A codec's present state as a model: what it would be if this were its power-up.

import { POWER_ACT_SHIFT } from '../hda/verbs.ts';
import type { CodecModel, FunctionGroupModel, WidgetModel } from './model.ts';
import type { Node } from './node.ts';
import * as R from './registers.ts';
import { gpioData } from './verbs/gpio.ts';

export function snapshot(model: CodecModel, nodes: ReadonlyMap<number, Node>): CodecModel {
  const functionGroups = model.functionGroups.map((group) => snapshotGroup(group, nodes));
  const [first] = functionGroups;
  const subsystemId = (first && nodes.get(first.nid)?.register(R.SUBSYSTEM)) ?? model.subsystemId;
  return { ...model, subsystemId, functionGroups };
}

function snapshotGroup(model: FunctionGroupModel, nodes: ReadonlyMap<number, Node>): FunctionGroupModel {
  const node = nodes.get(model.nid) as Node;
  const [, enable = 0, direction = 0, wake = 0, unsolicited = 0, sticky = 0] = node.state.registers.subarray(R.GPIO);
  return {
    ...model,
    power: powerOf(node),
    unsolicited: node.register(R.UNSOLICITED),
    gpio: { data: gpioData(node), enable, direction, wake, unsolicited, sticky },
    widgets: model.widgets.map((widget) => snapshotWidget(widget, nodes.get(widget.nid) as Node)),
  };
}

function snapshotWidget(model: WidgetModel, node: Node): WidgetModel {
  const { amps, coefficients } = node.state;
  const pair = (at: number): [number, number] => {
    const left = amps[at] as number;
    return [left, node.channels > 1 ? (amps[at + 1] as number) : left];
  };
  return {
    ...model,
    inputAmps: Array.from({ length: node.inputAmps }, (_, index) => pair(2 * index)),
    ...(node.hasOutputAmp && { outputAmp: pair(2 * node.inputAmps) }),
    selected: node.register(R.SELECTED),
    power: powerOf(node),
    stream: node.register(R.STREAM_CHANNEL),
    format: node.register(R.CONVERTER_FORMAT),
    sdi: node.register(R.SDI),
    pinControl: node.register(R.PIN_CONTROL),
    unsolicited: node.register(R.UNSOLICITED),
    eapd: node.register(R.EAPD),
    digital: node.register(R.DIGITAL),
    knob: node.register(R.KNOB),
    configuration: node.register(R.CONFIGURATION),
    coefficientIndex: node.register(R.COEFFICIENT_INDEX),
    coefficients: [...coefficients].filter(([, value]) => value !== 0),
  };
}

/** F05h of a node that has power control. */
export function powerOf(node: Node): number {
  return node.register(R.POWER_SETTING) | (node.actualPower << POWER_ACT_SHIFT) | node.register(R.POWER_FLAGS);
}
