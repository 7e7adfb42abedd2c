"""The menu of rewards that customers see."""

from rewards.models import RewardPicture


def picture(slug: str, reward_id: str, digest: str) -> RewardPicture | None:
    """The picture that an address names (one query); None for one that is no longer the reward's."""
    found = RewardPicture.objects.filter(reward__merchant__slug=slug, reward__public_id=reward_id, digest=digest)
    return found.first()
