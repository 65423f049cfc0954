// Real codecs for the driver to bind to: every vendor of the collection whose codecs make sound, Intel's display codecs
// excepted, which Linux binds only together with Intel's graphics.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dumpFolder } from './images.ts';

/** Those of every `npm test`. */
export const FEW: readonly string[] = [
  'alc888-acer-aspire-5739g.0.txt',
  'cx20590-lenovo-thinkpad-t520.0.txt',
  'vt1708s-asus-p5ql.0.txt',
  'stac9200-dell-latitude-d620.0.txt',
  'ad1981-hp-nx9420.0.txt',
  'alc662-rev3-lenovo-3264f1a-ccert-201211-12080.0.txt', // at address 2
];

export const ALL: readonly string[] = [
  ...FEW,
  'alc269vb-dell-latitude-2110-ccert-201003-5427.0.txt',
  'alc282--hp-pavilion-ts-14-notebook-pc-ccert-201305-13624.1.txt',
  'alc283-dell-inspiron-5435-ccert-201303-13114.1.txt',
  'alc280--hp-rp2-retail-system-model-2000-ccert-201406-15265.0.txt',
  'alc290--hp-envy-15-notebook-pc-ccert-201404-14927.1.txt',
  'alc221--hp-z230-sff-workstation-ccert-201403-14832.0.txt',
  'alc668-dell-xps13-9333-ccert-201308-14114.1.txt',
  'alc275-dell-dell-system-xps-l322x-ccert-201209-11840.0.txt',
  'alc888-acer-aspire-6930g.0.txt',
  '92hd81b1x5-dell-vostro-3400-ccert-201004-5571.0.txt',
  '92hd75b3x5-hp-probook-6550b-ccert-201101-6954.0.txt',
  '92hd89e3--hp-z1-g2-touch-workstation-ccert-201406-15258.1.txt',
  'idt92hd71b7x-dell-e6500.0.txt',
  '92hd90bxx-dell-latitude-e6220-ccert-201102-7188.0.txt',
  'cx20641-dell-vostro-260s-ccert-201103-7437.0.txt',
  'cx20585-lenovo-2516a11-ccert-201103-7376.0.txt',
  '92hd81b1c5-dell-latitude-e6510-ccert-201103-7383.3.txt',
  'alc888-acer-aspire-5739g.4.txt',
  'alc262--hp-z420-workstation-ccert-201206-11246.3.txt',
  'alc889-acer-aspire-8940g.4.txt',
  'idt92hd71b7x-hp-probook-4436s.2.txt',
  'idt92hd75b3x5-test-pico.2.txt',
  'stac9221-mac-mini-core-duo.0.txt',
  'stac9250-gateway-mx6923b.0.txt',
  'stac9274d-intel-box.0.txt',
  'ad1882-sparta.0.txt',
  'ad1988b.0.txt',
  'ad1884-refboard.0.txt',
  'vt2020-unknown-2.0.txt',
  'vt1702-packardbell-easynote-tr85.0.txt',
  'vt1718s-unknown.0.txt',
  'vt1705-thd-dx1.0.txt',
  'cirrus-logic-id-4213-dell-vostro-3360-ccert-201203-10657.0.txt',
  'cs4208-macbook-air-61.0.txt',
  'cs4206-macbook-pro-mid-2009.0.txt',
  'codec-ga-g33m-sh2.txt.0.txt',
  'cmi9880-mobo-unknown.0.txt',
  'ca0110-ibg-creative-xfi.0.txt',
];

export const readDump = (name: string): string => readFileSync(join(dumpFolder, name), 'latin1');
