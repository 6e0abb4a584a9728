/** A workflow of the newer sort: a subgraph with promoted settings, in a subgraph, reroutes, all of it small. */
const TEXT_ENCODER = {
  id: 'a5b1c0de-0000-4000-8000-000000000001',
  version: 1,
  state: { lastGroupId: 0, lastNodeId: 6, lastLinkId: 3, lastRerouteId: 1 },
  revision: 0,
  config: {},
  name: 'Encode',
  inputNode: { id: -10, bounding: [0, 0, 120, 60] },
  outputNode: { id: -20, bounding: [900, 0, 120, 60] },
  inputs: [
    { id: 'i0', name: 'clip', type: 'CLIP', linkIds: [1] },
    { id: 'i1', name: 'text', type: 'STRING', linkIds: [2] },
  ],
  outputs: [{ id: 'o0', name: 'CONDITIONING', type: 'CONDITIONING', linkIds: [3] }],
  widgets: [],
  nodes: [
    {
      id: 6,
      type: 'CLIPTextEncode',
      pos: [300, 0],
      size: [400, 200],
      flags: {},
      order: 0,
      mode: 0,
      inputs: [
        { name: 'clip', type: 'CLIP', link: 1 },
        { name: 'text', type: 'STRING', widget: { name: 'text' }, link: 2 },
      ],
      outputs: [{ name: 'CONDITIONING', type: 'CONDITIONING', links: [3] }],
      properties: { 'Node name for S&R': 'CLIPTextEncode' },
      widgets_values: ['a cat'],
    },
  ],
  groups: [],
  links: [
    { id: 1, origin_id: -10, origin_slot: 0, target_id: 6, target_slot: 0, type: 'CLIP', parentId: 1 },
    { id: 2, origin_id: -10, origin_slot: 1, target_id: 6, target_slot: 1, type: 'STRING' },
    { id: 3, origin_id: 6, origin_slot: 0, target_id: -20, target_slot: 0, type: 'CONDITIONING' },
  ],
  reroutes: [{ id: 1, pos: [200, 10], linkIds: [1] }],
  extra: {},
}

const PIPELINE = {
  ...TEXT_ENCODER,
  id: 'a5b1c0de-0000-4000-8000-000000000002',
  name: 'Pipeline',
  outputs: [{ id: 'o0', name: 'LATENT', type: 'LATENT', linkIds: [9] }],
  inputs: [
    { id: 'i0', name: 'model', type: 'MODEL', linkIds: [4] },
    { id: 'i1', name: 'clip', type: 'CLIP', linkIds: [5] },
    { id: 'i2', name: 'text', type: 'STRING', linkIds: [6] },
  ],
  nodes: [
    {
      id: 6,
      type: TEXT_ENCODER.id,
      mode: 0,
      inputs: [
        { name: 'clip', type: 'CLIP', link: 5 },
        { name: 'text', type: 'STRING', widget: { name: 'text' }, link: 6 },
      ],
      outputs: [{ name: 'CONDITIONING', type: 'CONDITIONING', links: [7, 8] }],
      properties: { proxyWidgets: [['-1', 'text']] },
      widgets_values: ['a dog'],
    },
    {
      id: 3,
      type: 'KSampler',
      mode: 0,
      inputs: [
        { name: 'model', type: 'MODEL', link: 4 },
        { name: 'positive', type: 'CONDITIONING', link: 7 },
        { name: 'negative', type: 'CONDITIONING', link: 8 },
        { name: 'latent_image', type: 'LATENT', link: 10 },
      ],
      outputs: [{ name: 'LATENT', type: 'LATENT', links: [9] }],
      widgets_values: [5, 'randomize', 20, 8, 'euler', 'normal', 1],
    },
    {
      id: 5,
      type: 'EmptyLatentImage',
      mode: 0,
      inputs: [],
      outputs: [{ name: 'LATENT', type: 'LATENT', links: [10] }],
      widgets_values: [512, 512, 1],
    },
  ],
  links: [
    { id: 4, origin_id: -10, origin_slot: 0, target_id: 3, target_slot: 0, type: 'MODEL' },
    { id: 5, origin_id: -10, origin_slot: 1, target_id: 6, target_slot: 0, type: 'CLIP' },
    { id: 6, origin_id: -10, origin_slot: 2, target_id: 6, target_slot: 1, type: 'STRING' },
    { id: 7, origin_id: 6, origin_slot: 0, target_id: 3, target_slot: 1, type: 'CONDITIONING' },
    { id: 8, origin_id: 6, origin_slot: 0, target_id: 3, target_slot: 2, type: 'CONDITIONING' },
    { id: 9, origin_id: 3, origin_slot: 0, target_id: -20, target_slot: 0, type: 'LATENT' },
    { id: 10, origin_id: 5, origin_slot: 0, target_id: 3, target_slot: 3, type: 'LATENT' },
  ],
}

const DOCUMENT = {
  id: 'a5b1c0de-0000-4000-8000-000000000003',
  revision: 0,
  last_node_id: 5,
  last_link_id: 6,
  nodes: [
    {
      id: 1,
      type: 'CheckpointLoaderSimple',
      mode: 0,
      outputs: [
        { name: 'MODEL', type: 'MODEL', links: [1] },
        { name: 'CLIP', type: 'CLIP', links: [2] },
        { name: 'VAE', type: 'VAE', links: [4] },
      ],
      widgets_values: ['sd15.safetensors'],
    },
    {
      id: 2,
      type: PIPELINE.id,
      title: 'Draw',
      mode: 0,
      inputs: [
        { name: 'model', type: 'MODEL', link: 1 },
        { name: 'clip', type: 'CLIP', link: 2 },
      ],
      outputs: [{ name: 'LATENT', type: 'LATENT', links: [3] }],
      properties: {
        proxyWidgets: [
          ['-1', 'text'],
          ['3', 'seed'],
          ['3', 'control_after_generate'],
        ],
      },
      widgets_values: ['a fox', 7, 'fixed'],
    },
    {
      id: 3,
      type: 'VAEDecode',
      mode: 0,
      inputs: [
        { name: 'samples', type: 'LATENT', link: 3 },
        { name: 'vae', type: 'VAE', link: 4 },
      ],
      outputs: [{ name: 'IMAGE', type: 'IMAGE', links: [5] }],
      widgets_values: [],
    },
    {
      id: 4,
      type: 'SaveImage',
      mode: 0,
      inputs: [{ name: 'images', type: 'IMAGE', link: 5 }],
      outputs: [],
      widgets_values: ['fox'],
    },
  ],
  links: [
    [1, 1, 0, 2, 0, 'MODEL'],
    [2, 1, 1, 2, 1, 'CLIP'],
    [3, 2, 0, 3, 0, 'LATENT'],
    [4, 1, 2, 3, 1, 'VAE'],
    [5, 3, 0, 4, 0, 'IMAGE'],
  ],
  groups: [{ id: 1, title: 'All', bounding: [0, 0, 900, 400], color: '#3f789e', flags: {} }],
  config: {},
  extra: {
    ds: { scale: 1, offset: [0, 0] },
    linkExtensions: [{ id: 1, parentId: 1 }],
    reroutes: [{ id: 1, pos: [9, 9], linkIds: [1] }],
  },
  definitions: { subgraphs: [PIPELINE, TEXT_ENCODER] },
  version: 0.4,
}

/** The workflow as a text; the prompt that it means is in `subgraphPrompt`. */
export const subgraphExample: string = JSON.stringify(DOCUMENT)

/** What the example converts to. */
export const subgraphPrompt: Readonly<
  Record<string, { readonly class_type: string; readonly inputs: object }>
> = {
  1: { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'sd15.safetensors' } },
  3: { class_type: 'VAEDecode', inputs: { samples: ['2:3', 0], vae: ['1', 2] } },
  4: { class_type: 'SaveImage', inputs: { filename_prefix: 'fox', images: ['3', 0] } },
  '2:3': {
    class_type: 'KSampler',
    inputs: {
      seed: 7,
      steps: 20,
      cfg: 8,
      sampler_name: 'euler',
      scheduler: 'normal',
      denoise: 1,
      model: ['1', 0],
      positive: ['2:6:6', 0],
      negative: ['2:6:6', 0],
      latent_image: ['2:5', 0],
    },
  },
  '2:5': { class_type: 'EmptyLatentImage', inputs: { width: 512, height: 512, batch_size: 1 } },
  '2:6:6': { class_type: 'CLIPTextEncode', inputs: { text: 'a fox', clip: ['1', 1] } },
}
