import { nodeContract, runNode, testHost } from '@dicache/sdk/testing'
import { describe, expect, it } from 'vitest'
import { sampleReport } from '../charts/testing/sample-report.ts'
import { dicacheReport } from './dicache-report.ts'

const inputs = { report: sampleReport() }

describe('DiCacheReport', () => {
  it('keeps the contract', () =>
    nodeContract(dicacheReport, { inputs, params: { chart: 'timeline', width: 400 } }))

  it('saves the chart as it was asked for, and gives it as a picture', async () => {
    const host = testHost()
    const { outputs } = await runNode(dicacheReport, { inputs, params: { width: 400 }, host })
    const [file, shown] = host.saved
    expect([shown?.extension, shown?.kind]).toEqual(['png', 'temp'])
    expect([file?.extension, file?.prefix, file?.kind]).toEqual(['svg', 'report', 'output'])
    expect(new TextDecoder().decode(file?.bytes)).toMatch(/^<svg .*Time of each evaluation.*<\/svg>$/s)
    expect(outputs).toMatchObject({
      image: { dtype: 'float32', shape: [1, expect.any(Number), 800, 3] },
      ui: {
        images: [
          { filename: 'report_00001_.svg', subfolder: '', type: 'output' },
          { filename: expect.stringMatching(/\.png$/), subfolder: '', type: 'temp' },
        ],
      },
    })
  })

  it('saves a PNG of the same picture', async () => {
    const host = testHost()
    const params = { width: 400, format: 'png', chart: 'gamma', theme: 'dark' }
    await runNode(dicacheReport, { inputs, params, host })
    expect(host.saved).toHaveLength(1)
    expect([...(host.saved[0]?.bytes.subarray(0, 4) ?? [])]).toEqual([0x89, 0x50, 0x4e, 0x47])
  })

  it('says what to connect when the report is another one', async () => {
    const run = runNode(dicacheReport, { inputs: { report: { kind: 'image-comparison' } } })
    await expect(run).rejects.toThrow('connect the report of a sampler')
  })
})
