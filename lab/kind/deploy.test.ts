import { describe, expect, it } from '@jest/globals';
import { AppError } from '../../lib/errors/app-error.ts';
import { explainRefusal } from './deploy.ts';
import { qualify } from './load-images.ts';
import { listImages } from './manifests.ts';

describe('explainRefusal', () => {
  it('turns the refusal of an immutable field into what to do', () => {
    const refusal = new Error(
      'kubectl failed:\n  The StatefulSet "kafka" is invalid: spec: Forbidden: updates to statefulset spec for fields other than ' +
        "'replicas', 'ordinals', 'template' are forbidden",
    );
    const explained = explainRefusal(refusal);
    expect(explained).toBeInstanceOf(AppError);
    expect(explained).toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(
        /^statefulset\/kafka cannot be changed .* nothing was changed\. .*kubectl delete statefulset\/kafka --cascade=orphan/,
      ) as unknown,
      cause: refusal,
    });
  });

  it.each([new Error('connection refused'), 'no error'])('leaves %s as it is', (error) => {
    expect(explainRefusal(error)).toBe(error);
  });
});

describe('qualify', () => {
  it.each([
    { image: 'busybox:1', name: 'docker.io/library/busybox:1' },
    { image: 'apache/kafka:3.9.2', name: 'docker.io/apache/kafka:3.9.2' },
    { image: 'registry.k8s.io/pause:3', name: 'registry.k8s.io/pause:3' },
    { image: 'localhost/kafka-lab/consumer:1', name: 'localhost/kafka-lab/consumer:1' },
    { image: 'registry:5000/a/b:1', name: 'registry:5000/a/b:1' },
  ])('names $image as containerd does', ({ image, name }) => {
    expect(qualify(image)).toBe(name);
  });
});

describe('listImages', () => {
  it('names each image once, and skips objects without containers', () => {
    const workload = (image: string) => ({
      kind: 'Deployment',
      metadata: { name: 'a' },
      spec: { template: { spec: { containers: [{ image }] } } },
    });
    const service = { kind: 'Service', metadata: { name: 'a' } };
    expect(listImages([workload('a:1'), service, workload('b:1'), workload('a:1')])).toEqual(['a:1', 'b:1']);
  });
});
