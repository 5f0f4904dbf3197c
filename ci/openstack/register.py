"""Fill a fresh cloud: accounts, catalogue, flavors, image, network.

Everything is looked up before it is made, so running it again changes nothing.
It prints shell assignments for the environment file.
"""

import argparse
import hashlib
import os
import shlex
import sys
import time

import botocore.session
import openstack

PORTS = {
    # service type: (name, URL)
    'image': ('glance', 'http://127.0.0.1:9292'),
    'placement': ('placement', 'http://127.0.0.1:8778'),
    'compute': ('nova', 'http://127.0.0.1:8774/v2.1'),
    'network': ('neutron', 'http://127.0.0.1:9696'),
    'volumev3': ('cinder', 'http://127.0.0.1:8776/v3/%(project_id)s'),
    'ec2': ('ec2', 'http://127.0.0.1:8788/'),
    's3': ('s3', 'http://127.0.0.1:3334'),
}

FLAVORS = {
    # name: (vcpus, MiB of memory, GiB of disk)
    't2.nano': (1, 512, 1),
    't2.micro': (1, 1024, 1),
    't2.small': (1, 2048, 1),
    't3.micro': (2, 1024, 1),
    't3.small': (2, 2048, 1),
    'm1.tiny': (1, 256, 1),
    'm1.small': (1, 2048, 20),
    'm1.medium': (2, 4096, 40),
    'm1.large': (4, 8192, 80),
    'm5.large': (2, 8192, 1),
}


def connect(args):
    return openstack.connect(
        auth_url='http://127.0.0.1:5000/v3', username='admin',
        password=args.password, project_name='admin',
        user_domain_id='default', project_domain_id='default',
        region_name=args.region)


def accounts(cloud, args):
    """The service user, and those that EC2 calls act for: a project with a user
    each, of which neither may see what the other one has."""
    identity = cloud.identity
    for role in ('service', 'member', 'reader', 'admin'):
        if not identity.find_role(role):
            identity.create_role(name=role)
    made = {}
    for name, roles in (('service', ('admin', 'service')),
                        ('demo', ('member',)),
                        ('other', ('member',))):
        project = (identity.find_project(name, domain_id='default')
                   or identity.create_project(name=name, domain_id='default'))
        user = (identity.find_user(name, domain_id='default')
                or identity.create_user(name=name, domain_id='default',
                                        password=args.password,
                                        default_project_id=project.id))
        for role in roles:
            identity.assign_project_role_to_user(
                project, user, identity.find_role(role))
        made[name] = (project, user)
    return made


def catalogue(cloud, args):
    identity = cloud.identity
    have = {s.type: s for s in identity.services()}
    pointed = {e.service_id for e in identity.endpoints()}
    for kind, (name, url) in PORTS.items():
        service = have.get(kind) or identity.create_service(
            type=kind, name=name)
        if service.id not in pointed:
            for interface in ('public', 'internal', 'admin'):
                identity.create_endpoint(
                    service_id=service.id, interface=interface, url=url,
                    region_id=args.region)


def ec2_key(cloud, project, user):
    path = '/users/%s/credentials/OS-EC2' % user.id
    keys = cloud.identity.get(path).json()['credentials']
    for key in keys:
        if key['tenant_id'] == project.id:
            return key['access'], key['secret']
    key = cloud.identity.post(
        path, json={'tenant_id': project.id}).json()['credential']
    return key['access'], key['secret']


def flavors(cloud):
    have = {f.name for f in cloud.compute.flavors(details=False)}
    for name, (vcpus, ram, disk) in FLAVORS.items():
        if name not in have:
            cloud.compute.create_flavor(
                name=name, vcpus=vcpus, ram=ram, disk=disk)


def image(cloud, args):
    have = cloud.image.find_image(args.image_name)
    if have:
        with open(args.image, 'rb') as file:
            if hashlib.md5(file.read()).hexdigest() == have.checksum:
                return
        cloud.image.delete_image(have)
    cloud.create_image(
        args.image_name, filename=args.image, disk_format=args.image_format,
        container_format='bare', visibility='public', wait=True,
        architecture='x86_64')


def network(cloud):
    """The external network that addresses are allocated from."""
    net = cloud.network.find_network('public')
    if not net:
        net = cloud.network.create_network(
            name='public', is_router_external=True,
            provider_network_type='flat', provider_physical_network='public')
    if not cloud.network.find_subnet('public'):
        cloud.network.create_subnet(
            name='public', network_id=net.id, ip_version=4,
            cidr='172.24.4.0/22', gateway_ip='172.24.4.1', enable_dhcp=False,
            allocation_pools=[{'start': '172.24.4.10', 'end': '172.24.7.250'}])


def volume_type(cloud):
    if 'lab' not in {t.name for t in cloud.block_storage.types()}:
        cloud.block_storage.create_type(name='lab')


def healthy(cloud, args):
    """Is every worker reporting in?"""
    want = {('compute', 'nova-compute'), ('compute', 'nova-scheduler'),
            ('compute', 'nova-conductor')}
    up = {('compute', s.binary) for s in cloud.compute.services()
          if s.state == 'up'}
    want |= {('volume', 'cinder-volume'), ('volume', 'cinder-scheduler')}
    # The SDK of 2023.1 has no method for these.
    volume = cloud.block_storage.get('/os-services').json()['services']
    up |= {('volume', s['binary']) for s in volume if s['state'] == 'up'}
    # The scheduler learns of a backend from its reports; until then every
    # volume ends in error.
    want |= {('volume', 'backend')}
    pools = cloud.block_storage.get('/scheduler-stats/get_pools').json()
    up |= {('volume', 'backend') for pool in pools.get('pools', [])}
    if args.agents:
        want |= {('network', a) for a in args.agents}
        up |= {('network', a.binary) for a in cloud.network.agents()
               if a.is_alive}
    return want - up


def ec2_image(args, access, secret):
    """What ec2-api calls the image."""
    client = botocore.session.Session().create_client(
        'ec2', region_name=args.region, endpoint_url='http://127.0.0.1:8788/',
        aws_access_key_id=access, aws_secret_access_key=secret)
    images = client.describe_images()['Images']
    return next(i['ImageId'] for i in images
                if i.get('Name') == args.image_name)


def retry(limit, what, call):
    """Call until the service behind it answers."""
    until = time.time() + limit
    while True:
        try:
            return call()
        except Exception as error:
            if time.time() > until:
                raise SystemExit('%s: %s' % (what, error))
            time.sleep(1)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('stage', choices=('identity', 'rest'))
    parser.add_argument('--password', default=os.environ['PASSWORD'])
    parser.add_argument('--region', default='RegionOne')
    parser.add_argument('--image')
    parser.add_argument('--image-name', default='tiny')
    parser.add_argument('--image-format', default='raw')
    parser.add_argument('--type', default='t2.micro')
    parser.add_argument('--agents', nargs='*', default=[])
    args = parser.parse_args()

    cloud = connect(args)
    made = retry(300, 'keystone', lambda: accounts(cloud, args))
    catalogue(cloud, args)
    if args.stage == 'identity':
        return
    retry(300, 'nova', lambda: flavors(cloud))
    retry(300, 'glance', lambda: image(cloud, args))
    retry(300, 'neutron', lambda: network(cloud))
    retry(300, 'cinder', lambda: volume_type(cloud))
    until = time.time() + 300
    while missing := healthy(cloud, args):
        if time.time() > until:
            raise SystemExit('not reporting: %s' % sorted(missing))
        time.sleep(1)
    access, secret = ec2_key(cloud, *made['demo'])
    other = ec2_key(cloud, *made['other'])
    found = retry(300, 'ec2-api', lambda: ec2_image(args, access, secret))
    for name, value in (
            ('AWS_ENDPOINT_URL', 'http://127.0.0.1:8788/'),
            ('AWS_ACCESS_KEY_ID', access),
            ('AWS_SECRET_ACCESS_KEY', secret),
            ('AWS_DEFAULT_REGION', args.region),
            ('OTHER_AWS_ACCESS_KEY_ID', other[0]),
            ('OTHER_AWS_SECRET_ACCESS_KEY', other[1]),
            ('EC2_IMAGE_ID', found),
            ('EC2_INSTANCE_TYPE', args.type)):
        print('export %s=%s' % (name, shlex.quote(value)))


if __name__ == '__main__':
    sys.exit(main())
